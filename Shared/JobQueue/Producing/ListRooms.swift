import NIOConcurrencyHelpers
import Redis

/// What a producer knows about the lists it pushes to: how many of its jobs may be hinted at once.
///
/// What the last push said counts for a second, less what has been given out since. After that the producer asks; a Redis
/// that does not answer has no room: the jobs wait for the relay, which does without Redis too.
final class ListRooms: Sendable {
    private struct Room {
        var free: Int
        var seenAt: Instant
    }

    private let redis: RedisClient?
    private let rooms = NIOLockedValueBox<[String: Room]>([:])
    private let nudges = NIOLockedValueBox<[String: Instant]>([:])

    private static let freshness: Duration = .seconds(1)
    /// Ten times what an answer takes on a busy machine.
    static let patience: Duration = .milliseconds(50)
    /// One commit in 20 ms takes the lock of NOTIFY; the relay looks by itself before long.
    private static let nudgeInterval: Duration = .milliseconds(20)

    init(_ redis: RedisClient?) { self.redis = redis }

    /// Takes up to `wanted` places in the list of `queue`; gives how many there are.
    func take(_ wanted: Int, of queue: String) async -> Int {
        if let taken = takeKnown(wanted, of: queue) { return taken }
        guard let redis else { return min(wanted, HintRoom.unknown.free) }
        let answered = Wakeup()
        let asking = Task {
            if let room = try? await HintList(queue: queue, redis: redis).room() { note(room, of: queue) }
            answered.ring()
        }
        await answered.wait(upTo: Self.patience)
        asking.cancel()
        if let taken = takeKnown(wanted, of: queue) { return taken }
        // Not asked again for a while: each unanswered question holds up a transaction.
        note(HintRoom(length: HintWindow.largest, fastPath: 0), of: queue)
        return 0
    }

    /// What a push was answered.
    func note(_ room: HintRoom, of queue: String) {
        rooms.withLockedValue { $0[queue] = Room(free: room.free, seenAt: .now) }
    }

    /// Whether it is time to tell the relay that something waits.
    func mayNudge(_ queue: String) -> Bool {
        nudges.withLockedValue { nudges in
            if let last = nudges[queue], last.duration(to: .now) < Self.nudgeInterval { return false }
            nudges[queue] = .now
            return true
        }
    }

    private func takeKnown(_ wanted: Int, of queue: String) -> Int? {
        rooms.withLockedValue { rooms in
            guard let room = rooms[queue], room.seenAt.duration(to: .now) < Self.freshness else { return nil }
            let taken = min(wanted, room.free)
            rooms[queue]?.free -= taken
            return taken
        }
    }
}
