import Hummingbird

/// The router, made from the endpoints. Middleware comes first: it only wraps routes that are added after it.
func makeRouter(_ endpoints: [Endpoint], services: GatewayServices) -> Router<GatewayContext> {
    let router = Router(context: GatewayContext.self, options: [.autoGenerateHeadEndpoints])
    router.middlewares.add(TraceMiddleware())
    router.middlewares.add(AccessLogMiddleware())
    router.middlewares.add(SecurityHeadersMiddleware(isBehindTLS: services.configuration.isBehindTLS))
    router.middlewares.add(ProblemMiddleware())
    router.middlewares.add(
        BrandHostMiddleware(hosts: services.hosts, isBehindTLS: services.configuration.isBehindTLS)
    )
    router.middlewares.add(MisdirectedMiddleware(endpoints: endpoints))
    for endpoint in endpoints {
        router.on(
            RouterPath(endpoint.template),
            method: endpoint.method,
            responder: EndpointResponder(endpoint: endpoint, services: services)
        )
    }
    return router
}
