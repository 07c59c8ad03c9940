import Crypto
import DomainModel
import HTTPTypes
import JobQueue
import Persistence

/// A client's consent to read a site's Search Console, given at Google (OAuth 2.0 authorisation code with PKCE, spec 5.6): the
/// way there, and the page that the browser comes back to. What was brought is exchanged by a job.
enum SearchConsoleConsentRoutes {
    static let endpoints = [ask, receive]

    private static let callback = "integration/search-console/callback/"
    /// Without the slash at its end: that request is redirected, and told of problems by a page too.
    static let callbackPath = Endpoint.root + "integration/search-console/callback"

    private static let ask = Endpoint(
        .post,
        "integration/search-console/consent/",
        .members(.admin),
        "askForSearchConsoleConsent",
        "Where to send the browser, so that a site's Search Console may be read. Its way back is good once, for a quarter of "
            + "an hour; what came of it is in the status"
    ) { call in
        guard let box = call.services.secrets else { throw Problem.secretsUnavailable }
        let configuration = call.services.configuration
        guard let client = configuration.googleClientID else { throw Problem.googleUnavailable }
        let property = call.body["property"]?.string
        let id = Site.ID(try call.body.number("site_id"))
        return try await call.write { write in
            guard let site = try await Sites.find(id, for: write.tenant, in: write.tx) else { throw Problem.notFound }
            if let property, !SearchConsoleProperty.covers(property, site.domain.name) {
                throw Problem.notCovering(site.domain.name)
            }
            let state = SecretToken.random().text
            let verifier = SecretToken.random().text
            let redirect = configuration.publicURL + Endpoint.root + callback
            let consent = try await SearchConsoleConsents.ask(
                site.value,
                property: property,
                state: state,
                verifier: verifier,
                redirectURI: redirect,
                sealedBy: box,
                createdBy: write.identity.userID,
                in: write.tx
            )
            try await write.audit(
                .created,
                Subject(SearchConsoleConsent.subject, consent, account: site.accountID),
                Change(to: SearchConsoleConsent.open.rawValue, reason: property ?? site.domain.name)
            )
            let url = Query.adding(
                [
                    ("client_id", client), ("redirect_uri", redirect), ("response_type", "code"),
                    ("scope", "https://www.googleapis.com/auth/webmasters.readonly"), ("access_type", "offline"),
                    ("prompt", "consent"), ("state", state), ("code_challenge", challenge(verifier)),
                    ("code_challenge_method", "S256"),
                ],
                to: configuration.googleAuthorizeURL
            )
            return .json { $0.object { $0.member("url", url) } }
        }
    }.with {
        $0.body = .named(
            "NewSearchConsoleConsent",
            .object([
                .required("site_id", .id),
                .optional(
                    "property",
                    .string(Text(length: 8...300, format: .visible)),
                    "As Search Console names it; left out, the one that covers the site: its domain before an address."
                ),
            ])
        )
        $0.answer = .named(
            "SearchConsoleConsentLink",
            .object([
                .required(
                    "url",
                    .url,
                    "At Google, for a browser; it holds the client's right to come back: not for logs."
                )
            ])
        )
        // The stored answer would keep the state.
        $0.takesIdempotencyKey = false
        $0.problems = [.notFound]
    }.requires(.gscLevel, "basic")

    /// S256 of RFC 7636.
    private static func challenge(_ verifier: String) -> String {
        SecretToken.base64URL(Array(SHA256.hash(data: Array(verifier.utf8))))
    }

    private static let receive = Endpoint(
        .get,
        callback,
        .public,
        "receiveSearchConsoleConsent",
        "Where Google sends the browser back to: a page. The state is the right to come, once"
    ) { call in
        guard let box = call.services.secrets else { throw Problem.secretsUnavailable }
        guard let state = call.query["state"], let answer = brought(by: call.query) else { throw Problem.notFromGoogle }
        let spent = try await call.services.store.transaction(
            as: .system(reason: "a browser back from Google"),
            actor: "public"
        ) { tx in
            let spent = try await SearchConsoleConsents.spend(state, for: answer, sealedBy: box, in: tx)
            if case .now(let consent, _) = spent, case .code = answer {
                try await call.services.producer.enqueue(
                    CoreDataJobs.accept(consent: consent.id, account: consent.accountID),
                    in: tx
                )
            }
            return spent
        }
        switch spent {
        case .unknown: throw Problem.unknownConsent
        case .before: throw Problem.consentOver("It was used before. What came of it stands in the portal.")
        case .expired: throw Problem.consentOver("Its quarter of an hour is over. Start again in the portal.")
        case .now(_, let domain): return page(answer, domain).answer()
        }
    }.with {
        $0.isPage = true
        $0.query = [
            QueryParameter("state", .text(1...200), "As it was sent to Google."),
            QueryParameter("code", .string(Text(length: 1...2_000, format: .visible)), "Google's, to be exchanged."),
            QueryParameter("error", .text(1...200), "Google's, where there is no code."),
        ]
        $0.ignoresOtherQuery = true
        $0.problems = [.notFound, .gone]
        $0.limit = RateLimit(rate: 1, burst: 30)
    }

    /// Nil for what Google does not send.
    private static func brought(by query: Query) -> SearchConsoleConsents.Answer? {
        switch (query["code"], query["error"]) {
        case (let code?, nil): .code(code)
        case (nil, "access_denied"?):
            .nothing(.refused, why: "The consent was refused at Google. To give it after all, ask for it again.")
        // Its own words come through a browser: anybody's.
        case (nil, _?): .nothing(.failed, why: "Google's page ended in an error. Please give the consent again.")
        default: nil
        }
    }

    private static func page(_ answer: SearchConsoleConsents.Answer, _ domain: String) -> PublicPage {
        let site = "<strong>\(domain.htmlEscaped)</strong>"
        let (title, text) =
            switch answer {
            case .code:
                (
                    "Consent received",
                    "The Search Console of \(site) will be read now. This window may be closed; how far it is, stands in the "
                        + "portal."
                )
            case .nothing(.refused, _):
                (
                    "No consent was given",
                    "Nothing is read from the Search Console of \(site). To give the consent after all, start again in the "
                        + "portal."
                )
            case .nothing:
                (
                    "Google did not give a consent",
                    "Its page ended in an error: nothing is read from the Search Console of \(site). Please start again in "
                        + "the portal."
                )
            }
        return PublicPage(title: title, body: "<h1>\(title)</h1>\n<p>\(text)</p>")
    }
}

extension Problem {
    /// A property of another site.
    static func notCovering(_ domain: String) -> Problem {
        .invalid("property", "sc-domain:\(domain), or https://\(domain)/")
    }

    /// No OAuth client is configured: Google would not know who asks.
    fileprivate static let googleUnavailable = Problem(
        .serviceUnavailable,
        "unavailable",
        "The service is not available",
        "This gateway is no client of Google's (IGNY8_GOOGLE_CLIENT_ID)."
    )

    fileprivate static let notFromGoogle = Problem.malformed(
        "This page is opened by Google, with a state and its answer."
    )

    fileprivate static let unknownConsent = Problem(
        .notFound,
        "unknown-consent",
        "Nobody waits for this consent",
        "Start again in the portal."
    )

    fileprivate static func consentOver(_ detail: String) -> Problem {
        Problem(.gone, "consent-over", "This way back is closed", detail)
    }
}
