import DomainModel
import FileStore
import Foundation
import JobQueue
import Persistence
import Postgres
import ReportDesign
import TestSupport
import Testing

@testable import Reporting

extension ReportingTests {
    /// What a reader holds in hands, taken out of the file again.
    @Suite("On paper", .timeLimit(.minutes(5))) struct PaperTests {
        /// What `Tests/Reporting/extract` finds in a PDF.
        private struct Paper: Decodable {
            let text: String
            let pages: Int
            let metadata: [String: String]
            let links: [String]
            let attachments: Int
            /// The file's bytes, and those of its packed streams.
            let raw: String

            init(_ file: String) throws {
                let tool = Process()
                tool.executableURL = URL(filePath: PressHouse.renderer.python)
                tool.arguments = ["\(PressHouse.root)/Tests/Reporting/extract", file]
                let pipe = Pipe()
                tool.standardOutput = pipe
                try tool.run()
                let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
                tool.waitUntilExit()
                guard tool.terminationStatus == 0 else {
                    throw TestSetupError("pypdf is missing: Services/Reporting/Renderer/test installs it")
                }
                self = try JSONDecoder().decode(Paper.self, from: output)
            }

            /// Everything that is said anywhere, in lower case.
            var all: String { ([text, raw] + links + metadata.values).joined(separator: "\n").lowercased() }
        }

        /// A report of the client with the facts of the sample: something in each of the nine sections.
        private func sample(
            _ house: PressHouse,
            of client: PressHouse.Client,
            whiteLabelUnder brand: Int64? = nil
        ) async throws -> Int64 {
            let id = try await house.report(of: client, whiteLabelUnder: brand)
            try await house.settle()
            let facts = ReportSample.data.json
            _ = try await house.transaction { tx in
                try await tx.query(
                    "update igny8_service_reports set report_data = \(facts)::jsonb where id = \(id)"
                )
            }
            try await again(house, id, of: client)
            return id
        }

        private func again(_ house: PressHouse, _ id: Int64, of client: PressHouse.Client) async throws {
            _ = try await house.transaction { tx in
                try await tx.query("update igny8_service_reports set status = 'rendering' where id = \(id)")
            }
            try await house.enqueue([ReportsJobs.render(id, account: client.account)])
            try await house.settle()
        }

        private func paper(_ house: PressHouse, _ report: Int64) async throws -> Paper {
            let hash = try #require(
                try await house.texts(
                    "select encode(pdf_sha256, 'hex') from igny8_service_reports where id = \(report)"
                ).first
            )
            return try Paper("\(house.folder)/\(hash.prefix(2))/\(hash)")
        }

        /// Compares with `Golden/NAME.txt`; with REPORT_GOLDEN=write it is written anew, to be read by whoever commits it.
        private func compare(_ text: String, _ name: String) throws {
            let file = URL(filePath: "\(PressHouse.root)/Tests/Reporting/Golden/\(name).txt")
            // A report's code is another for each report.
            let text = text.replacing(/\/[rv]\/[A-Za-z0-9]{10,}/, with: "/r/CODE") + "\n"
            if ProcessInfo.processInfo.environment["REPORT_GOLDEN"] == "write" {
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            let said = text.split(separator: "\n")
            let other = zip(lines, said).first { $0 != $1 }
            #expect(lines.count == said.count && other == nil, "\(name): \(String(describing: other))")
        }

        @Test("a white label's file names neither house nor maker: text, metadata, links, bytes; Ahrefs it names")
        func whiteLabel() async throws {
            try await PressHouse.open { house in
                let client = try await house.client("hartwell")
                let brand = try await house.brand(of: client)
                let labelled = try await paper(house, try await sample(house, of: client, whiteLabelUnder: brand))
                #expect(labelled.pages > 8 && labelled.links.count > 20 && labelled.attachments == 0)
                for name in ["igny8", "alorig"] { #expect(!labelled.all.contains(name), "\(name)") }
                #expect(labelled.text.contains("Domain Rating by Ahrefs"))
                #expect(labelled.metadata["/Author"] == "Brightwater Digital")
                #expect(labelled.text.contains("Brightwater Digital"))
                // The same look finds the house where there is no white label.
                let own = try await paper(house, try await sample(house, of: house.client("other")))
                #expect(own.all.contains("alorig"), "\(own.metadata)")
                #expect(own.text.contains("Domain Rating by Ahrefs"))
                #expect(try await house.dead() == [])
            }
        }

        @Test("what the ordinary report says, and what one without any data says, word by word")
        func words() async throws {
            try await PressHouse.open { house in
                let client = try await house.client("hartwell")
                let full = try await sample(house, of: client)
                try compare(try await paper(house, full).text, "ordinary")
                let empty = try await house.client("nothing")
                let id = try await house.report(of: empty)
                try await house.settle()
                try compare(try await paper(house, id).text, "nothing")
            }
        }

        @Test("stored facts give the same bytes from a worker that starts a year later, elsewhere, in another language")
        func sameBytes() async throws {
            try await PressHouse.open(runs: false) { house in
                let client = try await house.client("hartwell")
                func working<Value>(
                    _ changes: [String: String],
                    _ body: () async throws -> Value
                ) async throws -> Value {
                    let program = try TestProcess(
                        ["\(TestProcess.buildFolder)/igny8-reporting"],
                        environment: house.environment.merging(changes) { $1 },
                        log: "\(NSTemporaryDirectory())/igny8-same-bytes.log"
                    )
                    defer { program.kill() }
                    return try await body()
                }
                // Nobody runs the mail here; the report stays ready to be sent.
                _ = try await house.transaction { tx in
                    try await tx.query(
                        "insert into igny8_queues (name, paused_at) values ('subscriptions', now())"
                    )
                }
                let id = try await working([:]) { try await sample(house, of: client) }
                _ = try await house.transaction { tx in
                    try await tx.query(
                        "update igny8_managed_service_subscriptions set status = 'cancelled', cancelled_at = igny8_now()"
                    )
                    let later = try Date("2027-12-08T21:13:14Z", strategy: .iso8601)
                    try await BusinessClock.freeze(at: later, in: tx)
                }
                let elsewhere = [
                    "TZ": "Asia/Karachi", "LANG": "ur_PK.UTF-8", "PYTHONHASHSEED": "7", "HOME": "/nowhere",
                ]
                try await working(elsewhere) { try await again(house, id, of: client) }
                let renderings = try await house.texts(
                    """
                    select encode(pdf_sha256, 'hex') from igny8_report_renderings where report_id = \(id) order by number
                    """
                )
                #expect(renderings.count == 3, "one of what was gathered, two of the sample")
                #expect(renderings.last == renderings.dropLast().last && renderings.first != renderings.last)
                #expect(try await house.dead() == [])
            }
        }
    }
}
