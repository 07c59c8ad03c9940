/// A Lua script that the client loads into the server by itself, at each (re)connect and whenever it is missing there.
///
/// Every script must be safe to repeat: after a lost connection the caller cannot know whether it has run.
public struct RedisScript: Sendable, Hashable {
    /// The Lua text.
    public let source: String

    /// A script of this Lua text, without a check: the server compiles it when it is loaded.
    public init(_ source: String) { self.source = source }
}
