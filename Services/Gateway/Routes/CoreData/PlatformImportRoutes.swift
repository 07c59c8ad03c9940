import DomainModel
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Persistence
import Postgres

/// Data of the core in bulk (spec 3): staff for everybody's sites, a key with `import:write` for its own account's.
enum PlatformImportRoutes {
    static let endpoints = [start, show]

    private static let start = Endpoint(
        .post,
        "platform/import/",
        .members(.admin),
        "importCoreData",
        "Take in rows of the core: NDJSON, or CSV with a line of column names. Staff for all sites; else only an API key with "
            + "import:write, for its own account's"
    ) { call in
        guard let kind = call.query["kind"].flatMap({ CoreKind.named($0) }) else {
            throw Problem.invalid("kind", "one of " + CoreKind.names.joined(separator: ", "))
        }
        return try await call.write { write in
            if case .key = write.identity.principal {
            } else if !write.identity.isStaff {
                throw Problem.forbidden("This is for staff, and for API keys with the scope import:write.")
            }
            let content = call.rawBody
            guard let first = content.first(where: { $0 > 0x20 && $0 < 0x80 }) else {
                throw Problem.malformed("The body is empty.")
            }
            let account = write.identity.isStaff ? nil : write.identity.account
            let id = try await CoreImports.store(
                content,
                format: first == UInt8(ascii: "{") ? "ndjson" : "csv",
                kind: kind,
                account: account,
                createdBy: write.identity.userID,
                in: write.tx
            )
            let job = CoreDataJobs.read(id, account: account)
            let jobID = try await write.enqueue(job)
            return Answer.json(.accepted) { writer in
                writer.object { writer in
                    writer.acceptedJob(jobID, task: job.task)
                    writer.key("import")
                    writer.object { writer in
                        writer.member("id", id)
                        writer.member("url", "\(Endpoint.root)platform/import/\(id)/")
                    }
                }
            }.with(header: .location, "\(Endpoint.root)platform/import/\(id)/")
        }
    }.with {
        $0.scope = .importWrite
        $0.query = [QueryParameter("kind", .oneOf(CoreKind.names), "Required: what the rows are.")]
        $0.readsJSON = false
        // 100,000 rows of 300 bytes.
        $0.bodyLimit = 32 << 20
        $0.success = .accepted
        $0.answer = .named(
            "AcceptedImport",
            .object(
                Schema.acceptedJob.fields + [
                    .required("import", .object([.required("id", .id), .required("url", .text(max: 200))]))
                ]
            )
        )
        // The same rows again change nothing.
        $0.takesIdempotencyKey = false
    }

    private static let show = Endpoint(
        .get,
        "platform/import/{id}/",
        .anyone,
        "getCoreImport",
        "What came of an import: how many rows, and the first of those that were refused, with line and field"
    ) { call in
        let id = try call.id()
        return try await call.view { write in
            guard let found = try await CoreImports.find(id, for: write.tenant, in: write.tx) else {
                throw Problem.notFound
            }
            let count = found.progress ?? CoreImportCount()
            return Answer.json { writer in
                writer.object { writer in
                    writer.member("id", found.id)
                    writer.member("account_id", found.account?.rawValue)
                    writer.member("kind", found.kind)
                    writer.member("format", found.format)
                    writer.member("bytes", found.bytes)
                    writer.member("is_finished", found.finishedAt != nil)
                    for (name, value) in [
                        ("rows", count.rows), ("new", count.new), ("known", count.known), ("failed", count.failed),
                    ] { writer.member(name, value) }
                    writer.key("errors")
                    writer.beginArray()
                    for fault in count.errors {
                        writer.object { writer in
                            writer.member("line", fault.line)
                            writer.member("field", fault.field)
                            writer.member("message", fault.message)
                        }
                    }
                    writer.endArray()
                    writer.member("created_at", found.createdAt.formatted(.iso8601))
                    writer.member("finished_at", found.finishedAt?.formatted(.iso8601))
                }
            }
        }
    }.with {
        $0.scope = .importWrite
        $0.problems = [.notFound]
        $0.answer = .named(
            "CoreImport",
            .object([
                .required("id", .id), .required("account_id", .nullable(.id), "Null: everybody's."),
                .required("kind", .oneOf(CoreKind.names)), .required("format", .oneOf(["csv", "ndjson"])),
                .required("bytes", .count), .required("is_finished", .boolean), .required("rows", .count),
                .required("new", .count), .required("known", .count),
                .required("failed", .count, "Rows that were refused, each as a whole."),
                .required(
                    "errors",
                    .array(
                        .object([
                            .required("line", .count), .required("field", .nullable(.text(max: 200))),
                            .required("message", .text(max: 2_000)),
                        ])
                    ),
                    "The first of them."
                ), .required("created_at", .time), .required("finished_at", .nullable(.time)),
            ])
        )
    }
}
