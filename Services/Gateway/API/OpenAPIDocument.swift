import DomainModel
import HTTPTypes
import Hummingbird

/// The OpenAPI 3.1 document, made from the endpoints themselves.
struct OpenAPIDocument {
    let endpoints: [Endpoint]
    let publicURL: String

    var json: JSON {
        var schemas: [String: Schema] = [:]
        Schema.problem.collect(into: &schemas)
        var paths: [String: [String: JSON]] = [:]
        for endpoint in endpoints {
            endpoint.body?.collect(into: &schemas)
            endpoint.answer?.collect(into: &schemas)
            for case let schema? in endpoint.alternatives.values { schema.collect(into: &schemas) }
            paths[endpoint.template, default: [:]][endpoint.method.rawValue.lowercased()] = endpoint.operationObject
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "IGNY8 Managed Services", "version": "1",
                "description": "Done-for-you SEO: subscriptions, onboarding, billing, jobs.",
            ],
            "servers": [["url": .string(publicURL)]],
            "tags": .array(tags.map { ["name": .string($0)] }),
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(schemas.mapValues { $0.definition }),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
                    "apiKey": [
                        "type": "apiKey", "in": "header", "name": "Authorization",
                        "description": "Authorization: Api-Key followed by the key",
                    ],
                    "cookie": [
                        "type": "apiKey", "in": "cookie", "name": "__Host-igny8-access",
                        "description": "Set by login with session \"cookie\"; writes also need X-CSRF-Token.",
                    ],
                ],
            ],
        ]
    }

    private var tags: [String] {
        var seen: [String] = []
        for endpoint in endpoints where !seen.contains(endpoint.tag) { seen.append(endpoint.tag) }
        return seen
    }
}

extension Schema {
    /// The problem document every error is.
    static let problem = Schema.named(
        "Problem",
        .object([
            .required("type", .text(max: 200)), .required("title", .text(max: 200)),
            .required("status", .integer(400...599)), .required("detail", .text(max: 2000)),
            .required("instance", .text(max: 200), "The request's id, as in X-Request-Id."),
            .optional("errors", .map(.text(max: 2000)), "Each wrong field, and what was expected there."),
            .optional("flag", .text(max: 64)), .optional("feature", .text(max: 64)),
            .optional("needed", .text(max: 64)), .optional("held", .text(max: 64)),
            .optional("plan", .nullable(.text(max: 64)), "The cheapest plan that includes what was refused."),
            .optional("plan_price", .nullable(.money), "Its price a month."),
            .optional("currency", .nullable(.currency)),
            .optional(
                "used_by",
                .array(
                    .object([
                        .required("kind", .text(max: 64)), .required("id", .id), .required("name", .text(max: 300)),
                    ])
                ),
                "What has to be changed before this can be taken away."
            ),
            .optional("from", .text(max: 64)), .optional("transition", .text(max: 64)),
            .optional(
                "at_risk",
                .array(.object([.required("amount", .money), .required("currency", .currency)])),
                "What would be owed with what was asked for, by currency."
            ),
        ])
    )

    fileprivate var definition: JSON {
        guard case .named(_, let schema) = self else { return openAPI }
        return schema.openAPI
    }
}

extension GateRequirement {
    fileprivate var openAPI: JSON { ["feature": .string(feature.rawValue), "level": .string(level)] }
}

extension Endpoint {
    fileprivate var operationObject: JSON {
        var members: [String: JSON] = [
            "operationId": .string(operation), "summary": .string(summary), "tags": [.string(tag)],
            "description": .string(description), "responses": .object(responses),
            "x-audience": .string(audience.letter),
        ]
        if audience != .public {
            members["security"] =
                scope == nil
                ? [["bearer": []], ["cookie": []]]
                : [["bearer": []], ["apiKey": []], ["cookie": []]]
        }
        if let gate { members["x-gate"] = gate.openAPI }
        if let keyGate { members["x-api-key-gate"] = keyGate.openAPI }
        if !bodyGates.isEmpty {
            members["x-body-gates"] = .array(
                bodyGates.map { ["when": .string($0.when), "gate": $0.requirement.openAPI] }
            )
        }
        if let planLimit { members["x-plan-limit"] = .string(planLimit.rawValue) }
        if let flag { members["x-flag"] = .string(flag.rawValue) }
        if let scope { members["x-api-key-scope"] = .string(scope.rawValue) }
        let parameters = pathParameters + queryParameters + headerParameters
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body {
            members["requestBody"] = [
                "required": true, "content": ["application/json": ["schema": body.openAPI]],
            ]
        }
        if !uploads.isEmpty {
            members["requestBody"] = [
                "required": true, "content": .object(Dictionary(uploads.map { ($0, Self.upload($0)) }) { $1 }),
            ]
        }
        return .object(members)
    }

    private static func upload(_ type: String) -> JSON {
        let file: JSON = ["type": "string", "format": "binary"]
        guard type == "multipart/form-data" else { return ["schema": file] }
        return ["schema": ["type": "object", "properties": ["document": file], "required": ["document"]]]
    }

    private var description: String {
        var sentences = [audience.sentence]
        if let flag { sentences.append("Needs the feature flag \(flag.rawValue).") }
        if let gate { sentences.append("Needs \(gate) in the plan.") }
        for gate in bodyGates { sentences.append("Where \(gate.when): needs \(gate.requirement) in the plan.") }
        if let planLimit { sentences.append("Takes one of the plan's \(planLimit.rawValue).") }
        if let scope, let keyGate {
            sentences.append("API keys need the scope \(scope.rawValue), and \(keyGate) in the plan.")
        }
        return sentences.joined(separator: " ")
    }

    private var pathParameters: [JSON] {
        parameters.map { name in
            ["name": .string(name), "in": "path", "required": true, "schema": Self.parameterSchema(name).openAPI]
        }
    }

    /// What a path parameter of a name looks like.
    static func parameterSchema(_ name: String) -> Schema {
        switch name {
        case "id": .id
        case _ where name.hasSuffix("_id"): .id
        case "file": .formatted(.token, max: 64)
        case "domain": .domain
        case "code": .formatted(.verificationCode, max: 19)
        case "token": .formatted(.token, max: 100)
        default: .formatted(.slug, max: 64)
        }
    }

    private var queryParameters: [JSON] {
        query.map { parameter in
            [
                "name": .string(parameter.name), "in": "query", "required": false,
                "description": .string(parameter.note), "schema": parameter.schema.openAPI,
            ]
        }
    }

    private var headerParameters: [JSON] {
        var names: [(String, String, Schema)] = []
        if takesIdempotencyKey {
            names.append(
                ("Idempotency-Key", "Kept 24 h: the same key and body get the first answer.", IdempotencyKey.schema)
            )
        }
        if method == .patch || method == .put, hasETag {
            names.append(
                (
                    "If-Match", "The ETag of the version that is changed.",
                    .formatted(.entityTag, max: EntityTag.lengths.upperBound)
                )
            )
        }
        return names.map { name, note, schema in
            [
                "name": .string(name), "in": "header", "required": false, "description": .string(note),
                "schema": schema.openAPI,
            ]
        }
    }

    /// Every status this operation can answer with.
    var statuses: [HTTPResponse.Status] {
        var statuses: [HTTPResponse.Status] = [success, .badRequest, .tooManyRequests, .serviceUnavailable]
        if audience != .public { statuses += [.unauthorized, .forbidden] }
        if !parameters.isEmpty { statuses.append(.notFound) }
        if body != nil || !readsJSON || !uploads.isEmpty {
            statuses += [.contentTooLarge, .unsupportedMediaType, .unprocessableContent]
        }
        if takesIdempotencyKey { statuses += [.conflict, .unprocessableContent] }
        if method == .patch || method == .put, hasETag { statuses.append(.preconditionFailed) }
        return statuses + problems
    }

    /// Why this operation may answer 403.
    private var refusals: String {
        var types = ["forbidden"]
        if flag != nil { types.append("feature-disabled") }
        if gate != nil || keyGate != nil || planLimit != nil || !bodyGates.isEmpty {
            types.append("feature-not-in-plan, with the level needed, the level held, the cheapest plan and its price")
        }
        return "Forbidden: " + types.joined(separator: "; ")
    }

    private var responses: [String: JSON] {
        var responses: [String: JSON] = [:]
        for status in statuses where status != success {
            responses[String(status.code)] = [
                "description": .string(status == .forbidden ? refusals : status.reasonPhrase),
                "content": isPage
                    ? ["text/html": ["schema": ["type": "string"]]]
                    : ["application/problem+json": ["schema": Schema.problem.openAPI]],
            ]
        }
        for (status, schema) in alternatives {
            var alternative: [String: JSON] = ["description": .string(status.reasonPhrase)]
            if let schema {
                alternative["content"] = ["application/json": ["schema": schema.openAPI]]
            } else if status.kind == .successful {
                alternative["content"] = .object([mediaType: ["schema": ["type": "string", "format": "binary"]]])
            }
            responses[String(status.code)] = .object(alternative)
        }
        var answer: [String: JSON] = ["description": .string(success.reasonPhrase)]
        if let schema = self.answer {
            answer["content"] = .object([mediaType: ["schema": schema.openAPI]])
        } else if mediaType != "application/json" {
            answer["content"] = .object([mediaType: ["schema": ["type": "string"]]])
        }
        if hasETag { answer["headers"] = ["ETag": ["required": true, "schema": ["type": "string"]]] }
        responses[String(success.code)] = .object(answer)
        return responses
    }
}
