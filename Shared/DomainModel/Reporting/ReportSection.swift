/// The nine sections of a report, in their order (spec 7). What is lost or late has no key: it is always in it
/// (spec 11.11).
public enum ReportSection: String, CaseIterable, Sendable, Codable {
    case executiveSummary = "executive_summary"
    case content
    case indexing
    case rankings
    case traffic
    case backlinks
    case social
    case sagHealth = "sag_health"
    case nextMonth = "next_month"
}
