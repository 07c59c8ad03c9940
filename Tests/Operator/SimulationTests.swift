import Foundation
import NIOConcurrencyHelpers
import Testing

@testable import Operator

@Suite("Simulation") struct SimulationTests {
    /// A world of planned moments; each takes a number of looks until it is done, and may plan others.
    private final class Played: SimulatedWorld {
        struct State {
            var now: Date
            var isFrozen = false
            var due: [Date: Int]
            var lived: [Date] = []
            var wasReleased = false
        }
        let state: NIOLockedValueBox<State>

        init(start: Date, due: [Date: Int]) {
            state = NIOLockedValueBox(State(now: start, due: due))
        }

        func now() -> Date { state.withLockedValue { $0.now } }
        func freeze() { state.withLockedValue { $0.isFrozen = true } }
        func release() {
            state.withLockedValue {
                $0.isFrozen = false
                $0.wasReleased = true
            }
        }
        func advance(to moment: Date) {
            state.withLockedValue { state in
                #expect(state.isFrozen)
                #expect(moment > state.now)
                state.now = moment
            }
        }
        func outlook() -> Outlook {
            state.withLockedValue { state in
                if let (moment, looks) = state.due.first(where: { $0.key <= state.now }) {
                    state.due[moment] = looks > 0 ? looks - 1 : nil
                    if looks == 0 { state.lived.append(moment) }
                    return .busy
                }
                return .quiet(next: state.due.keys.min())
            }
        }
        func pause() {}
    }

    private static func at(_ minutes: Double) -> Date { Date(timeIntervalSince1970: minutes * 60) }

    @Test("lives every due moment once and in order, ends at the wanted moment and lets the clock run again")
    func order() async throws {
        let world = Played(start: Self.at(0), due: [Self.at(30): 2, Self.at(10): 0, Self.at(20): 5, Self.at(100): 0])
        var seen: [Date] = []
        let moments = try await Simulation(world: world, until: Self.at(60)).run { seen.append($0) }
        #expect(moments == 3)
        #expect(world.state.withLockedValue { $0.lived } == [10, 20, 30].map(Self.at))
        #expect(seen == [0, 10, 20, 30, 60].map(Self.at))
        #expect(world.now() == Self.at(60))
        #expect(world.state.withLockedValue { $0.wasReleased })
    }

    @Test("finishes what is due now before it moves")
    func dueNow() async throws {
        let world = Played(start: Self.at(5), due: [Self.at(1): 3])
        try await Simulation(world: world, until: Self.at(6)).run()
        #expect(world.state.withLockedValue { $0.lived } == [Self.at(1)])
    }

    @Test("a moment that is due exactly at the end is lived")
    func inclusive() async throws {
        let world = Played(start: Self.at(0), due: [Self.at(60): 1])
        try await Simulation(world: world, until: Self.at(60)).run()
        #expect(world.state.withLockedValue { $0.lived } == [Self.at(60)])
    }

    @Test("a world that never comes to rest is reported, and the clock stays where it is")
    func stalled() async throws {
        let world = Played(start: Self.at(0), due: [Self.at(0): .max])
        await #expect(throws: Simulation<Played>.Stalled.self) {
            try await Simulation(world: world, until: Self.at(60), patience: .zero).run()
        }
        #expect(world.now() == Self.at(0))
        #expect(!world.state.withLockedValue { $0.wasReleased })
    }

    @Test("does nothing but release when the wanted moment is past")
    func past() async throws {
        let world = Played(start: Self.at(90), due: [:])
        #expect(try await Simulation(world: world, until: Self.at(60)).run() == 0)
        #expect(world.now() == Self.at(90))
    }
}
