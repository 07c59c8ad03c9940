/// Where a report stands that staff may look at before it is sent (spec 11.10 for reports).
public enum ReportApproval: String, CaseIterable, Sendable, Codable {
    /// Nobody was to look.
    case none
    /// Somebody may look until the deadline; then the agreed default happens.
    case pending
    /// Somebody has said yes, or the deadline has.
    case approved
    /// It is not sent until somebody says yes.
    case held
}
