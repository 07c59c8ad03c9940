import Foundation
import Testing

@testable import ReportDesign

@Suite("Reports to look at")
struct LookTests {
    /// Writes each example as the renderer takes it, for `Tests/ReportDesign/look`.
    @Test("written where REPORT_LOOK says", .enabled(if: ProcessInfo.processInfo.environment["REPORT_LOOK"] != nil))
    func write() throws {
        let folder = URL(filePath: try #require(ProcessInfo.processInfo.environment["REPORT_LOOK"]))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for example in Examples.all {
            let document = try ReportPresenter.document(example.data, example.design)
            let fields: [String: Any] = [
                "html": document.html, "css": document.styleSheets, "title": document.title,
                "language": document.language, "author": document.author,
                "created": document.created.ISO8601Format(),
            ]
            try JSONSerialization.data(withJSONObject: fields)
                .write(to: folder.appending(path: example.name + ".json"))
        }
    }
}
