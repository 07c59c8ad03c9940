import Hummingbird

/// The common path of every route: slash, limits, credentials, query, body, handler, answer.
struct EndpointResponder: HTTPResponder {
    typealias Context = GatewayContext

    let endpoint: Endpoint
    let services: GatewayServices

    func respond(to request: Request, context: Context) async throws -> Response {
        if let redirect = slashed(request) { return redirect }
        let address = services.addresses.client(of: request, from: context.remoteAddress)
        let credentials = try await services.authenticator.credentials(of: request)
        try await services.limits.admit(credentials: credentials, address: address, endpoint: endpoint)
        if endpoint.audience != .public, credentials == nil {
            throw Problem.unauthorized("Send Authorization: Bearer with an access token, or Api-Key with a key.")
        }
        if let credentials { context.notes.identified(account: credentials.accountID, principal: credentials.actor) }
        let parameters = try pathParameters(context)
        let query = try Query(
            request.uri.query,
            declared: endpoint.query,
            ignoringOthers: endpoint.ignoresOtherQuery
        )
        let body = try await BodyReader(endpoint: endpoint).read(request)
        let call = Call(
            endpoint: endpoint,
            request: request,
            parameters: parameters,
            query: query,
            body: body.value,
            rawBody: body.bytes,
            credentials: credentials,
            address: address,
            requestID: context.id,
            services: services,
            logger: context.logger
        )
        return try await endpoint.handler(call).response()
    }

    private func slashed(_ request: Request) -> Response? {
        guard endpoint.path.hasSuffix("/"), !request.uri.path.hasSuffix("/") else { return nil }
        let query = request.uri.query.map { "?" + $0 } ?? ""
        return Response(status: .permanentRedirect, headers: [.location: request.uri.path + "/" + query])
    }

    /// A parameter that cannot name a row is a row that does not exist.
    private func pathParameters(_ context: Context) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for name in endpoint.parameters {
            guard let value = context.parameters.get(name) else { throw .notFound }
            let schema = Endpoint.parameterSchema(name)
            let json: JSON = Int64(value) == nil ? .string(value) : .number(value)
            if case .integer = schema, !schema.check(json).isEmpty { throw .notFound }
            if case .string = schema, !schema.check(.string(value)).isEmpty { throw .notFound }
            values[name] = value
        }
        return values
    }
}
