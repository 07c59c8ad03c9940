import Testing
import WebClient

@testable import Sandbox

@Suite(.timeLimit(.minutes(2))) struct ClockTests {
    @Test("the clock stops, moves on, never back, and runs again from where it stands")
    func moves() async throws {
        try await RunningSandbox.start { sandbox in
            let frozen = try await sandbox.json(.post, "/clock/", #"{"freeze": "2026-09-17T08:00:00Z"}"#)
            #expect(frozen.text("now") == "2026-09-17T08:00:00Z")
            #expect(frozen["frozen"] == .bool(true))
            let moved = try await sandbox.json(.post, "/clock/", #"{"advance_to": "2026-09-30T08:00:00.250Z"}"#)
            #expect(moved.text("now") == "2026-09-30T08:00:00.250Z")
            let back = try await sandbox.json(.post, "/clock/", #"{"advance_to": "2026-09-29T08:00:00Z"}"#)
            #expect(back.status == 409)
            let stripe = StripeClient(sandbox: sandbox)
            #expect(try await stripe.post("customers", "name=A").integer("created") == 1_790_755_200)
            let released = try await sandbox.json(.post, "/clock/", #"{"release": true}"#)
            #expect(released["frozen"] == .bool(false))
            let running = try await sandbox.send(.get, "/clock/")
            #expect(try #require(running.text("now")) >= "2026-09-30T08:00:00")
            #expect(try #require(running.text("now")) < "2026-09-30T08:05:00")
        }
    }

    @Test("an order that makes no sense is refused with a sentence")
    func nonsense() async throws {
        try await RunningSandbox.start { sandbox in
            let empty = try await sandbox.json(.post, "/clock/", "{}")
            #expect(empty.status == 400)
            #expect(try await sandbox.json(.post, "/clock/", #"{"freeze": "yesterday"}"#).status == 400)
            #expect(try await sandbox.json(.post, "/clock/", "freeze").status == 400)
        }
    }
}
