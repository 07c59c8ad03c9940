/// The payload of a task that needs none: `{}`.
public struct NoPayload: Codable, Hashable, Sendable {
    /// Nothing.
    public init() {}
}
