import Foundation

/// What a simulation asks of the stack and tells it. The stack may be away for a while (a process was killed): calls
/// wait for it to be back.
protocol SimulatedWorld: Sendable {
    /// Business time.
    func now() async throws -> Date
    /// Stops business time where it stands, or at a moment ahead.
    func freeze() async throws
    /// Moves it on; never back.
    func advance(to moment: Date) async throws
    /// Lets it run again from where it stands.
    func release() async throws
    /// Whether nothing is under way that is due by now, anywhere, and when the next thing becomes due.
    func outlook() async throws -> Outlook
    /// Waits until something may have changed, a few milliseconds at most.
    func pause() async throws
}

/// What the world has to do.
enum Outlook: Equatable, Sendable {
    /// Something that is due is not finished.
    case busy
    /// Everything due is done. `next`: when the next thing becomes due, if anything ever does.
    case quiet(next: Date?)
}
