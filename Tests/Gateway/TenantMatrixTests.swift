import DomainModel
import HTTPTypes
import Persistence
import Postgres
import Testing
import WebClient

@testable import Gateway

@Suite("Every route, walked by others", .timeLimit(.minutes(5)))
struct TenantMatrixTests {
    private static let endpoints = allEndpoints(publicURL: "http://gateway.test")

    @Test("another tenant's id is 404 on every route that takes one, whoever asks and whatever the method")
    func anotherTenant() async throws {
        try await TestGateway.with { gateway in
            let people = gateway.people
            let before: Int64 = try await gateway.value("select count(*) from igny8_audit_events")
            for endpoint in Self.endpoints
            where endpoint.audience != .public && endpoint.path.contains("_id}") || endpoint.path.contains("{id}") {
                // Plans are nobody's own: everybody reads them, and who may not change one is told so.
                if endpoint.path.hasPrefix("billing/plans/") { continue }
                for stranger in [people.other.owner, people.other.editor] {
                    let path = Self.path(endpoint, of: people.one)
                    let answer = try await gateway.send(
                        WebMethod(rawValue: endpoint.method.rawValue),
                        path,
                        as: stranger,
                        endpoint.body?.example
                    )
                    #expect(answer.status == 404, "\(endpoint.method) \(endpoint.path): \(answer.text)")
                }
            }
            let after: Int64 = try await gateway.value("select count(*) from igny8_audit_events")
            #expect(before == after)
        }
    }

    @Test("a list shows no row of another tenant")
    func lists() async throws {
        try await TestGateway.with { gateway in
            let people = gateway.people
            for endpoint in Self.endpoints where endpoint.method == .get && !endpoint.path.contains("{") {
                guard endpoint.answer?.fields.contains(where: { $0.name == "results" }) == true else { continue }
                let path = Self.path(endpoint, of: people.other)
                let answer = try await gateway.send(.get, path, as: people.other.owner)
                if answer.status == 403 { continue }
                #expect(answer.status == 200, "\(endpoint.path)")
                for row in answer.json["results"]?.array ?? [] {
                    guard let account = row["account_id"]?.integer else { continue }
                    #expect(account == people.other.account.rawValue, "\(endpoint.path)")
                }
            }
        }
    }

    @Test("without credentials every route but the public ones is 401, with or without a body")
    func nobody() async throws {
        try await TestGateway.with { gateway in
            for endpoint in Self.endpoints where endpoint.audience != .public {
                let path = Self.path(endpoint, of: gateway.people.one)
                let method = WebMethod(rawValue: endpoint.method.rawValue)
                let answer = try await gateway.send(method, path, endpoint.body?.example)
                #expect(answer.status == 401, "\(endpoint.method) \(endpoint.path)")
                #expect(answer.header("WWW-Authenticate") != nil)
                let forged = try await gateway.send(
                    method,
                    path,
                    endpoint.body?.example,
                    headers: [("Authorization", "Bearer a.b.c")]
                )
                #expect(forged.status == 401, "\(endpoint.method) \(endpoint.path)")
            }
        }
    }

    @Test("staff read every detail and every list")
    func staff() async throws {
        try await TestGateway.with { gateway in
            for endpoint in Self.endpoints where endpoint.method == .get && endpoint.audience != .public {
                let path = Self.path(endpoint, of: gateway.people.one)
                let answer = try await gateway.send(.get, path, as: gateway.people.admin)
                #expect(answer.status == 200, "\(endpoint.path): \(answer.text)")
                let faults = endpoint.answer?.check(answer.json) ?? [:]
                #expect(faults.isEmpty, "\(endpoint.path): \(faults)")
            }
        }
    }

    @Test("a client's owner is refused what is for staff, and told so")
    func staffOnly() async throws {
        try await TestGateway.with { gateway in
            for endpoint in Self.endpoints {
                guard case .staff = endpoint.audience else { continue }
                let answer = try await gateway.send(
                    WebMethod(rawValue: endpoint.method.rawValue),
                    Self.path(endpoint, of: gateway.people.one),
                    as: gateway.people.one.owner,
                    endpoint.body?.example
                )
                // Hours are the team's own: a client does not even see that there are any.
                let expected = endpoint.path.contains("time-entries/{id}") ? [403, 404] : [403]
                #expect(expected.contains(answer.status), "\(endpoint.method) \(endpoint.path): \(answer.text)")
            }
        }
    }

    static func path(_ endpoint: Endpoint, of client: Client) -> String {
        let ids: [(String, Int64)] = [
            ("accounts/", client.account.rawValue), ("users/", client.editor.user.rawValue),
            ("sites/", client.site.rawValue), ("sectors/", client.sector.rawValue),
            ("api-keys/", client.apiKey.rawValue), ("services/subscriptions/", client.subscription.rawValue),
            ("services/time-entries/", client.timeEntry), ("services/approvals/", client.approval),
            ("services/campaigns/", client.campaign),
            ("services/link-claims/", client.linkClaim), ("services/backlink-orders/", client.backlinkOrder),
            ("billing/invoices/", client.invoice),
            ("billing/payment-methods/", client.paymentMethod), ("billing/payments/", client.payment),
            ("billing/refunds/", client.refund),
            ("jobs/", client.job), ("linker/indexing/requests/", client.indexingRequest),
            ("linker/indexing/keys/", client.indexingKey), ("platform/import/", client.coreImport),
            ("webhook-endpoints/", client.webhook),
        ]
        let id = ids.first { endpoint.path.hasPrefix($0.0) }?.1 ?? 1
        return endpoint.template
            .replacing("{account_id}", with: String(client.account.rawValue))
            .replacing("{id}", with: String(id))
            .replacing("{delivery_id}", with: "1")
            .replacing("{link_id}", with: String(client.backlink))
            .replacing("{key}", with: "managed_services_enabled")
            .replacing("{file}", with: "swagger-ui.css")
            .replacing("{feature}", with: "ahrefs_level")
            .replacing("{domain}", with: "one.example")
            + (endpoint.path.hasSuffix("prospects/") ? "?site_id=\(client.site.rawValue)" : "")
    }
}
