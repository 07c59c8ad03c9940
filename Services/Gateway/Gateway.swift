import FileStore
import Hummingbird
import Logging
import NIOCore
import Persistence
import Redis
import ServiceLifecycle
import ServiceRuntime

/// The thin HTTP API: it answers from the database, orders what is long as jobs, and calls no provider.
public enum Gateway {
    /// The whole process: `igny8-gateway` serves, `igny8-gateway routes` and `igny8-gateway openapi` print.
    public static func main(arguments: [String]) async {
        switch arguments.dropFirst().first {
        case "routes":
            print(routeList(allEndpoints(publicURL: "")))
        case "openapi":
            let url = arguments.dropFirst(2).first ?? "http://127.0.0.1:8080"
            let endpoints = allEndpoints(publicURL: url)
            print(String(decoding: OpenAPIDocument(endpoints: endpoints, publicURL: url).json.bytes, as: UTF8.self))
        default:
            await ServiceHost.run(name: "igny8-gateway", configuration: GatewayConfiguration.init) {
                host,
                configuration in
                try await services(host, configuration)
            }
        }
    }

    /// What runs in this process beside the database and Redis.
    static func services(_ host: ServiceHost, _ configuration: GatewayConfiguration) async throws -> [any Service] {
        let services = try await GatewayServices(
            configuration: configuration,
            store: host.store,
            redis: host.redis,
            documents: configuration.files?.open(on: host.loop, logger: host.logger),
            logger: host.logger
        )
        return [services.usage, application(services)]
    }

    /// The server. `onRunning` is told the port that it listens on.
    /// - Parameter further: routes that only a test serves.
    static func application(
        _ services: GatewayServices,
        adding further: [Endpoint] = [],
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        let configuration = services.configuration
        let endpoints = allEndpoints(publicURL: configuration.publicURL) + further
        return Application(
            responder: makeRouter(endpoints, services: services).buildResponder(),
            server: .http1OnLoops(
                .init(
                    additionalChannelHandlers: [UnreadableRequestHandler()],
                    // A client that says nothing for so long is cut, in the middle of a body too.
                    idleTimeout: .seconds(60),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: UnreadableRequestHandler.limits.field,
                        maxHeaderListSize: UnreadableRequestHandler.limits.head,
                        maxHeaderFieldCount: UnreadableRequestHandler.limits.fields
                    )
                )
            ),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: nil
            ),
            onServerRunning: { await onRunning($0.localAddress?.port ?? configuration.port) },
            logger: services.logger
        )
    }
}
