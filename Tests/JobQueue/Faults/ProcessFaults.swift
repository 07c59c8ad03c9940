import ChaosLedger
import Foundation
import Glibc
import JobQueue
import Postgres
import TestSupport
import Testing

extension JobQueueTests {
    /// Rows 23, 24 and 27 of the failure table: real processes that are frozen, misled, killed.
    @Suite(.serialized) struct ProcessFaults {
        @Test("fault 23: a process frozen longer than its lease is reaped, and changes nothing when it wakes")
        func frozen() async throws {
            try await Shop.open { shop in
                try await shop.openLedger()
                try await shop.withProcess("sleeper") { sleeper in
                    // At work for longer than the test's freeze: it wakes in the middle.
                    try await shop.ask((1...4).map { LedgerTask.Payload($0, .ledger, milliseconds: 4_000) })
                    try await shop.until { try await shop.ledger("starts").count == 4 }
                    sleeper.signal(SIGSTOP)
                    try await shop.withProcess("heir") { heir in
                        try await shop.until {
                            try await shop.ledger("starts").count { $0.hasSuffix("heir") } == 4
                        }
                        sleeper.signal(SIGCONT)
                        try await shop.untilEmpty()
                        #expect(try await shop.ledger("effects") == (1...4).map { "\($0) heir" })
                        // Declared dead, it has begun another life under another id.
                        try await shop.until {
                            try await shop.query("select from igny8_workers where state = 'alive'").count == 2
                        }
                        heir.kill()
                        try await shop.ask([LedgerTask.Payload(5, .ledger)])
                        try await shop.until { try await shop.ledger("effects").contains("5 sleeper") }
                        try await shop.untilEmpty()
                    }
                }
                try await shop.expectBalance()
            }
        }

        @Test("fault 24: a worker whose wall clock jumps years ahead and back works on as if nothing had been")
        func clockJumps() async throws {
            try await Shop.open { shop in
                try await shop.openLedger()
                let clock = try ShiftedClock()
                defer { clock.remove() }
                try await shop.withProcess("misled", environment: clock.environment) { _ in
                    var number = 0
                    for years in [0, 10, -10, 0] {
                        clock.shift(bySeconds: years * 365 * 86_400)
                        // Longer than a beat, so that beats and deadlines meet the jump.
                        try await shop.ask((0..<8).map { LedgerTask.Payload(number + $0, .ledger, milliseconds: 700) })
                        number += 8
                        try await shop.untilEmpty()
                    }
                    let lives = try await shop.query("select from igny8_workers")
                    #expect(lives.count == 1, "it was declared dead")
                }
                #expect(try await shop.ledger("starts").count == 32)
                try await shop.expectBalance()
            }
        }

        @Test("fault 27: SIGKILL during drain repeats the attempts that were not given back; effects are one each")
        func killedWhileDraining() async throws {
            try await Shop.open { shop in
                try await shop.openLedger()
                let leaving = try shop.process("leaving")
                try await shop.ask((1...3).map { LedgerTask.Payload($0, .hang) })
                try await shop.until { try await shop.ledger("starts").count == 3 }
                leaving.signal(SIGTERM)
                // It has given its hints back, and waits for its handlers.
                try await shop.ask([LedgerTask.Payload(4, .ledger)])
                leaving.kill()
                try await shop.withProcess("heir") { _ in try await shop.untilEmpty() }
                #expect(try await shop.ledger("effects") == (1...4).map { "\($0) heir" })
                try await shop.expectBalance()
            }
        }
    }
}
