/// What time a report covers (spec 4: weekly for Pro, monthly for all; quarterly where the client asked for it).
public enum ReportType: String, CaseIterable, Sendable, Codable {
    case weekly
    case monthly
    case quarterly
}
