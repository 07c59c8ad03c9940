/// A switch that stands before every gate (spec 6): off by default, overridden per account.
public enum FeatureFlag: String, CaseIterable, Sendable, Codable {
    case managedServicesEnabled = "managed_services_enabled"
    case backlinkOrdersEnabled = "backlink_orders_enabled"
    case whiteLabelReports = "white_label_reports"
}
