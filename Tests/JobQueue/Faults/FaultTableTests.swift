import Foundation
import JobQueue
import Testing

extension JobQueueTests {
    /// The failure table of the protocol is whole: each of its 31 rows has a test of its number, each failpoint a use.
    @Suite struct FaultTableTests {
        private func sources(_ folder: String) throws -> String {
            let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let root = tests.appendingPathComponent(folder)
            let names = try #require(FileManager.default.enumerator(atPath: root.path))
            return try names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
                .map { try String(contentsOf: root.appendingPathComponent($0), encoding: .utf8) }.joined()
        }

        @Test("every fault from 1 to 30, and 7b, has one test")
        func everyRow() throws {
            let text = try sources("Faults")
            let rows = (1...30).map(String.init) + ["7b"]
            for row in rows {
                let tests = text.components(separatedBy: "@Test(\"fault \(row): ").count - 1
                #expect(tests == 1, "fault \(row) has \(tests) tests")
            }
            #expect(text.components(separatedBy: "@Test(\"fault ").count - 1 == 31)
        }

        @Test("every failpoint stands in the queue")
        func everyFailpoint() throws {
            let text = try sources("../../Shared/JobQueue")
            for point in Failpoint.allCases {
                let uses = text.components(separatedBy: "reach(.\(point.rawValue))").count - 1
                #expect(uses > 0, "\(point) is never reached")
            }
        }
    }
}
