/// The key of a SaaS plan, as in the catalogue; the four known ones are constants, staff may add others.
public struct PlanKey: RawRepresentable, Hashable, Sendable, Codable {
    /// `growth`.
    public let rawValue: String

    /// Any key of the catalogue.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// $0.
    public static let free = PlanKey(rawValue: "free")
    /// $49.
    public static let starter = PlanKey(rawValue: "starter")
    /// $149; may buy Managed Lite.
    public static let growth = PlanKey(rawValue: "growth")
    /// $349; may buy Managed Lite and Pro.
    public static let scale = PlanKey(rawValue: "scale")
}

extension PlanKey: CustomStringConvertible {
    /// The key.
    public var description: String { rawValue }
}
