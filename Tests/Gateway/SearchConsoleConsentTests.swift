import Testing
import WebClient

@testable import Gateway

@Suite("Asking for a consent to Search Console", .timeLimit(.minutes(2)))
struct AskForConsentTests {
    @Test("is 503 where Google would not know who asks, or nothing can be sealed")
    func unconfigured() async throws {
        try await TestGateway.with { gateway in
            let answer = try await gateway.send(
                .post,
                "/api/v1/integration/search-console/consent/",
                as: gateway.people.one.owner,
                ["site_id": .number("\(gateway.people.one.site)")]
            )
            #expect(answer.status == 503)
            #expect(answer.json["detail"]?.string?.contains("IGNY8_GOOGLE_CLIENT_ID") == true, "\(answer.text)")
        }
        try await TestGateway.with {
            $0.keyEncryptionKey = nil
        } _: { gateway in
            let page = try await gateway.send(.get, "/api/v1/integration/search-console/callback/?state=a&code=b")
            #expect(page.status == 503 && page.text.hasPrefix("<!DOCTYPE html>"), "\(page.text)")
        }
    }
}
