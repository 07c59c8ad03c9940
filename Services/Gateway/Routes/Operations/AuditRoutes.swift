import DomainModel
import HTTPTypes
import Postgres

enum AuditRoutes {
    static let endpoints = [
        Endpoint.list(
            "audit/",
            .members(.admin),
            "listAuditEvents",
            "Audit events: all for staff, the account's own for its admins",
            Resources.auditEvents,
            where: { call in
                // ?subject=invoice:12 finds one thing, ?subject=invoice every thing of a kind.
                guard let subject = call.query["subject"] else { return nil }
                let parts = subject.split(separator: ":", maxSplits: 1)
                guard let kind = parts.first else { return nil }
                guard parts.count == 2 else { return "t.subject_kind = \(String(kind))" }
                guard let id = Int64(parts[1]) else {
                    throw Problem.malformed("The query is not as expected.", errors: ["subject": "kind or kind:id"])
                }
                return "t.subject_kind = \(String(kind)) and t.subject_id = \(id)"
            }
        ).with {
            $0.query.append(QueryParameter("subject", .text(1...100), "A kind of subject, or one as kind:id."))
        }
    ]
}
