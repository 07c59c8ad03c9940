import NIOConcurrencyHelpers

@testable import Subscriptions

/// A mail server that remembers, and fails when told to.
final class FakePostman: Postman {
    private let state = NIOLockedValueBox<(taken: [OutgoingMail], failures: [PostmanError])>(([], []))

    /// Every mail that was taken, in order.
    var taken: [OutgoingMail] { state.withLockedValue { $0.taken } }

    func fail(_ failures: PostmanError...) { state.withLockedValue { $0.failures += failures } }

    /// How many mails with this subject were taken.
    func count(_ subject: String) -> Int { taken.filter { $0.subject.contains(subject) }.count }

    func deliver(_ mail: OutgoingMail) async throws {
        let failure = state.withLockedValue { state -> PostmanError? in
            if !state.failures.isEmpty { return state.failures.removeFirst() }
            state.taken.append(mail)
            return nil
        }
        if let failure { throw failure }
    }
}

/// Web sites whose plugin answers unless told otherwise.
final class FakeSites: SiteProbe {
    private let broken = NIOLockedValueBox<[String: String]>([:])

    func breakDown(_ url: String, _ reason: String?) { broken.withLockedValue { $0[url] = reason } }

    func testConnection(to baseURL: String) async -> SiteProbeResult {
        broken.withLockedValue { $0[baseURL] }.map(SiteProbeResult.failed) ?? .passed
    }
}

/// Nobody's certificates.
struct NoCertificates: CertificateSource {
    func fetch(_ url: String) async throws -> [UInt8]? { nil }
}
