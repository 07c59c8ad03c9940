import DomainModel
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence

enum PublisherImportRoutes {
    static let endpoints = [run]

    /// The export as the body, as the marketplace gives it. What came of each line stands in the job's result.
    private static let run = Endpoint(
        .post,
        "services/publishers/import/",
        .staff,
        "importPublishers",
        "Take in a marketplace's export: CSV with a line of column names, or JSON objects, in an array or one a line"
    ) { call in
        guard let marketplace = Marketplace(rawValue: call.query["marketplace"] ?? "direct") else {
            throw Problem.unexpected
        }
        return try await call.write { write in
            let content = call.rawBody
            guard content.contains(where: { $0 > 0x20 }) else { throw Problem.malformed("The body is empty.") }
            let first = content.first { $0 > 0x20 && $0 < 0x80 }
            let isJSON = first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            let id = try await PublisherImports.store(
                content,
                format: isJSON ? "json" : "csv",
                of: marketplace,
                createdBy: write.identity.userID,
                in: write.tx
            )
            let job = BacklinkOrdersJobs.importPublishers(id)
            return .accepted(job: try await write.enqueue(job), task: job.task)
        }
    }.with {
        $0.query = [
            QueryParameter(
                "marketplace",
                .oneOf(Marketplace.self),
                "Whose export it is, where lines do not say; direct else."
            )
        ]
        $0.readsJSON = false
        // 100,000 lines of 300 bytes.
        $0.bodyLimit = 32 << 20
        $0.success = .accepted
        $0.answer = .acceptedJob
        $0.takesIdempotencyKey = false
    }
}
