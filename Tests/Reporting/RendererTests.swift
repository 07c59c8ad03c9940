import DomainModel
import Foundation
import Glibc
import Logging
import Testing

@testable import Reporting

extension ReportingTests {
    @Suite("Renderers", .timeLimit(.minutes(3))) struct RendererTests {
        private static let created = Date(timeIntervalSince1970: 1_793_599_200)

        private static func paper(_ html: String, assets: [Paper.Asset] = []) -> Paper {
            Paper(
                html: "<!DOCTYPE html><html lang=\"en\"><head><title>T</title></head><body>\(html)</body></html>",
                styleSheets: ["p { color: #123456 }"],
                title: "Tëst",
                language: "en",
                author: "Brightwater",
                created: created,
                assets: assets
            )
        }

        private func withPool(
            count: Int = 1,
            patience: Duration = .seconds(40),
            program: String = PressHouse.renderer.program,
            _ body: @escaping @Sendable (RendererPool) async throws -> Void
        ) async throws {
            var configuration = PressHouse.renderer
            configuration.count = count
            configuration.patience = patience
            configuration.program = program
            let pool = RendererPool(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let life = Task { try await pool.run() }
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(pool)) } catch { outcome = .failure(error) }
            life.cancel()
            try await life.value
            #expect(pool.processes.isEmpty)
            try outcome.get()
        }

        @Test("documents asked for at once are each made, with the same bytes for the same paper")
        func many() async throws {
            try await withPool(count: 2) { pool in
                let hashes = try await withThrowingTaskGroup(of: (Int, ContentHash).self) { group in
                    for n in 0..<12 {
                        group.addTask { (n % 3, try await pool.render(Self.paper("<p>\(n % 3)</p>")).hash) }
                    }
                    return try await group.reduce(into: [Int: Set<ContentHash>]()) {
                        $0[$1.0, default: []].insert($1.1)
                    }
                }
                #expect(hashes.count == 3 && hashes.values.allSatisfy { $0.count == 1 })
                #expect(Set(hashes.values.flatMap { $0 }).count == 3)
            }
        }

        @Test("a document that reaches for what is not its own is refused with a sentence, and the next one is made")
        func hostile() async throws {
            try await withPool { pool in
                do {
                    _ = try await pool.render(Self.paper("<img src=\"file:///etc/passwd\" alt=\"x\">"))
                    Issue.record("it was made")
                } catch RenderError.refused(let kind, let message) {
                    #expect(kind == "forbidden_resource" && message.contains("file:///etc/passwd"))
                }
                #expect(try await pool.render(Self.paper("<p>next</p>")).pages == 1)
            }
        }

        @Test("one that is killed in the middle of a document is replaced; the document is told of it")
        func killed() async throws {
            try await withPool { pool in
                _ = try await pool.render(Self.paper("<p>warm</p>"))
                let before = pool.processes
                let long = Self.paper(String(repeating: "<p>A line of many.</p>", count: 4_000))
                async let outcome = Result { try await pool.render(long) }
                // Until it has begun: its child is there.
                let pid = try #require(before.first)
                while try String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8).isEmpty {
                    await Task.yield()
                }
                kill(pid, SIGKILL)
                let made = await outcome
                #expect(throws: RenderError.self) { try made.get() }
                #expect(try await pool.render(Self.paper("<p>next</p>")).pages == 1)
                #expect(pool.processes.isDisjoint(with: before))
            }
        }

        @Test("one that does not answer is killed after its patience")
        func silent() async throws {
            let program = NSTemporaryDirectory() + "/silent-\(UUID().uuidString).py"
            defer { try? FileManager.default.removeItem(atPath: program) }
            let script = """
                import json, struct, sys, time
                data = json.dumps({"ready": True, "protocol": 1, "confinement": []}).encode()
                sys.stdout.buffer.write(struct.pack(">I", len(data)) + data)
                sys.stdout.buffer.flush()
                time.sleep(600)
                """
            try script.write(toFile: program, atomically: true, encoding: .utf8)
            try await withPool(patience: .milliseconds(300), program: program) { pool in
                do {
                    _ = try await pool.render(Self.paper("<p>never</p>"))
                    Issue.record("it answered")
                } catch RenderError.lost {}
            }
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
