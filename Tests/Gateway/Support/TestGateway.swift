import DomainModel
import FileStore
import Foundation
import Hummingbird
import Logging
import Persistence
import Postgres
import ServiceLifecycle
import ServiceRuntime
import TestSupport
import Testing
import WebClient

@testable import Gateway

/// A gateway that listens, over a database of its own, with two clients and the staff.
struct TestGateway: Sendable {
    let test: TestDatabase
    let store: Store
    let services: GatewayServices
    let documents: MemoryFileStore
    let url: String
    let people: People

    static let system = Tenant.system(reason: "test")
    static let stripeSecrets = ["whsec_new", "whsec_old"]
    private static let web = WebClient(loop: TestDatabase.loop, logger: Logger(label: "tests.web"))

    static func with<Value: Sendable>(
        _ change: (inout GatewayConfiguration) -> Void = { _ in },
        documents: MemoryFileStore = MemoryFileStore(),
        adding endpoints: [Endpoint] = [],
        _ body: @Sendable (TestGateway) async throws -> Value
    ) async throws -> Value {
        var configuration = try GatewayConfiguration(
            Settings([
                "IGNY8_HTTP_PORT": "0", "IGNY8_PUBLIC_URL": "http://gateway.test",
                "IGNY8_TOKEN_KEY": Data(repeating: 7, count: 64).base64EncodedString(),
                "IGNY8_STRIPE_WEBHOOK_SECRETS": stripeSecrets.joined(separator: ","),
                "IGNY8_KEY_ENCRYPTION_KEY": Data(repeating: 9, count: 32).base64EncodedString(),
                "IGNY8_MAIL_FROM": "IGNY8 <service@igny8.example>", "IGNY8_RATE_PER_ACCOUNT": "100000",
                "IGNY8_RATE_PER_ADDRESS": "100000",
            ])
        )
        configuration.passwordCost = .cheap
        change(&configuration)
        return try await TestDatabase.withDatabase(.migrated) { [configuration] test in
            let store = Store(database: test.service)
            let people = try await store.transaction(as: system, actor: "test") { tx in try await People(in: tx) }
            var logger = Logger(label: "tests.gateway")
            logger.logLevel = .critical
            for name in ["one", "other", "one invoice", "other invoice"] {
                let pdf = IssuedPaper.pdf(name)
                try await documents.put(ContentHash(of: pdf), pdf, type: "application/pdf")
            }
            let services = try await GatewayServices(
                configuration: configuration,
                store: store,
                redis: nil,
                documents: documents,
                logger: logger
            )
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            let application = Gateway.application(services, adding: endpoints) { port.yield($0) }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                guard let number = await ports.first(where: { _ in true }) else { throw CancellationError() }
                let gateway = TestGateway(
                    test: test,
                    store: store,
                    services: services,
                    documents: documents,
                    url: "http://127.0.0.1:\(number)",
                    people: people
                )
                let value = try await body(gateway)
                group.cancelAll()
                return value
            }
        }
    }

    /// Sends a request as somebody, with a body that is JSON text.
    func send(
        _ method: WebMethod,
        _ path: String,
        as person: Person? = nil,
        _ body: JSON? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> TestAnswer {
        var headers = headers
        if let person { headers.append(("Authorization", "Bearer \(try await token(of: person))")) }
        return try await raw(method, path, body?.bytes, headers: headers)
    }

    /// Sends any bytes.
    func raw(
        _ method: WebMethod,
        _ path: String,
        _ body: [UInt8]? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> TestAnswer {
        var headers = headers
        if body != nil, !headers.contains(where: { $0.name == "Content-Type" }) {
            headers.append(("Content-Type", "application/json"))
        }
        let request = WebRequest(
            method: method,
            url: url + path,
            headers: headers,
            body: body,
            guardAddresses: false,
            maximumRedirects: 0
        )
        return TestAnswer(try await Self.web.send(request))
    }

    /// An access token of a new session.
    func token(of person: Person) async throws -> String {
        let session = try await store.transaction(as: Self.system, actor: "test") { tx in
            guard let user = try await Users.find(person.user, for: Self.system, in: tx) else { throw Problem.notFound }
            return try await Sessions.open(user: user.value, token: SecretToken.random().text, in: tx)
        }
        return try await services.tokens.issue(
            user: person.user.rawValue,
            account: person.account.rawValue,
            session: session.id.rawValue,
            staff: person.isStaff
        )
    }

    /// One number or text from the database, read as the system.
    func value<Value: PostgresDecodable>(_ sql: SQL, as _: Value.Type = Value.self) async throws -> Value {
        let rows = try await store.batch(as: Self.system, actor: "test", [sql])[0]
        return try #require(rows.first).decode(0)
    }
}

/// What came back.
struct TestAnswer: Sendable {
    let status: Int
    let body: [UInt8]
    let response: WebResponse

    init(_ response: WebResponse) {
        self.response = response
        status = response.status
        body = response.body
    }

    func header(_ name: String) -> String? { response.header(name) }

    /// The body as a value; null where it is none.
    var json: JSON { (try? JSONReader.read(body)) ?? .null }

    var text: String { String(decoding: body, as: UTF8.self) }
}
