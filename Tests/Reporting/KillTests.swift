import DomainModel
import Foundation
import Glibc
import JobQueue
import NIOConcurrencyHelpers
import Persistence
import Postgres
import TestSupport
import Testing

@testable import Reporting

extension ReportingTests {
    /// The programs themselves, each in a process of its own, which are killed as a kernel kills.
    @Suite("Killed at any moment", .timeLimit(.minutes(6))) struct KillTests {
        /// A program that comes back as a supervisor brings it back.
        private final class Supervised: Sendable {
            private let start: @Sendable () throws -> TestProcess
            private let process: NIOLockedValueBox<TestProcess>

            init(_ name: String, _ environment: [String: String]) throws {
                start = {
                    try TestProcess(
                        ["\(TestProcess.buildFolder)/\(name)"],
                        environment: environment,
                        log: "\(NSTemporaryDirectory())/igny8-kill-\(name).log"
                    )
                }
                process = NIOLockedValueBox(try start())
            }

            var pid: pid_t { process.withLockedValue { $0.pid } }

            func killAndRestart() throws {
                try process.withLockedValue { process in
                    process.kill()
                    process = try start()
                }
            }

            func end() { process.withLockedValue { $0.kill() } }

            /// Kills what it has started, not itself.
            func killChildren() {
                let path = "/proc/\(pid)/task"
                for thread in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
                    let children = (try? String(contentsOfFile: "\(path)/\(thread)/children", encoding: .utf8)) ?? ""
                    for child in children.split(separator: " ").compactMap({ pid_t($0) }) { kill(child, SIGKILL) }
                }
            }
        }

        @Test("worker, renderers, store, mail worker and mail server: no report is lost, none is sent as two")
        func killed() async throws {
            let seed = UInt64.random(in: 0 ... .max)
            print("kill seed \(seed)")
            try await PressHouse.open(runs: false) { house in
                var environment = house.environment
                environment["IGNY8_JOB_LEASE_SECONDS"] = "2"
                environment["IGNY8_HTTP_PORT"] = String(try #require(house.sandboxURL.split(separator: ":").last))
                // The store is a link, so that it can be gone in one step and be back in one.
                let (real, nothing) = ("\(house.folder)-real", "\(house.folder)-nothing")
                try FileManager.default.createDirectory(atPath: real, withIntermediateDirectories: true)
                try Data().write(to: URL(filePath: nothing))
                defer { for path in [real, nothing] { try? FileManager.default.removeItem(atPath: path) } }
                @Sendable func point(to target: String) {
                    let next = "\(house.folder)-next"
                    unlink(next)
                    _ = symlink(target, next)
                    _ = rename(next, house.folder)
                }
                point(to: real)
                var clients: [PressHouse.Client] = []
                for n in 0..<4 {
                    clients.append(
                        try await house.client(
                            "client\(n)",
                            reporting: #"{"recipients": ["one@client\#(n).example", "two@client\#(n).example"]}"#
                        )
                    )
                }
                let sandbox = try Supervised("igny8-sandbox", environment)
                let press = try Supervised("igny8-reporting", environment)
                let mail = try Supervised("igny8-subscriptions", environment)
                defer { for program in [press, mail, sandbox] { program.end() } }
                let due = try Date("2026-11-02T06:00:00Z", strategy: .iso8601)
                _ = try await house.transaction { tx in try await BusinessClock.advance(to: due, in: tx) }
                try await house.enqueue([
                    ReportsJobs.weekly(inZone: "Europe/London", dueAt: due),
                    ReportsJobs.monthly(inZone: "Europe/London", dueAt: due.addingTimeInterval(-86_400)),
                ])
                var random = SystemSeed(state: seed)
                // A job that is alone while its worker dies three times is dead: the queue takes it for poison. And renderers
                // that are lost three times over a document end it. What dies by accident dies less often.
                var accidents = [0: 2, 1: 2]
                for _ in 0..<16 {
                    try await Task.sleep(for: .milliseconds(Int64.random(in: 50...700, using: &random)))
                    let strike = Int.random(in: 0..<5, using: &random)
                    if let left = accidents[strike] {
                        if left == 0 { continue }
                        accidents[strike] = left - 1
                    }
                    switch strike {
                    case 0: try press.killAndRestart()
                    case 1: press.killChildren()
                    case 2: try mail.killAndRestart()
                    case 3: try sandbox.killAndRestart()
                    default:
                        point(to: nothing)
                        try await Task.sleep(for: .milliseconds(Int64.random(in: 50...400, using: &random)))
                        point(to: real)
                    }
                }
                try await house.settle(within: .seconds(180))
                let dead = try await house.dead()
                #expect(dead == [], "\(dead)")
                let reports = try await house.texts(
                    "select report_type || ' ' || status || ' ' || renderings from igny8_service_reports order by 1"
                )
                let expected = ["monthly sent 1", "weekly sent 1"].flatMap { Array(repeating: $0, count: 4) }
                #expect(reports == expected)
                let letters = try await house.texts("select status from igny8_emails where template = 'report_ready'")
                #expect(letters == Array(repeating: "sent", count: 16))
                while !FreePort.accepts(try #require(environment["IGNY8_HTTP_PORT"].flatMap { Int($0) })) {
                    await Task.yield()
                }
                // As a reader sees it: one message each, however often the server was given it.
                let box = try await house.mailbox()
                #expect(box.count == 16 && Set(box.map(\.messageID)).count == 16)
                #expect(box.allSatisfy { $0.attachments.count == 1 && $0.attachments[0].bytes > 1_000 })
                for client in clients.indices {
                    #expect(box.filter { $0.to == "one@client\(client).example" }.count == 2)
                }
                let files = try FileManager.default.subpathsOfDirectory(atPath: real).filter { $0.count > 60 }
                let named = try await house.texts("select distinct encode(sha256, 'hex') from igny8_stored_files")
                #expect(Set(files.map { String($0.suffix(64)) }).isSuperset(of: named))
            }
        }
    }

    /// SplitMix64: a failure can be repeated as far as chance allows.
    private struct SystemSeed: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
