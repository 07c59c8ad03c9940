/// A stretch of business time in which a unique key is taken even after its job has ended.
public struct UniqueWindow: Sendable, Hashable {
    /// How long each window is; windows follow one another without a gap from the epoch on.
    public let length: Duration

    private init(length: Duration) { self.length = length }

    /// Windows of `length`: `.every(.seconds(3600))` is once an hour, on the hour.
    public static func every(_ length: Duration) -> UniqueWindow {
        UniqueWindow(length: max(length, .seconds(1)))
    }
}
