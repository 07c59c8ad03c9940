struct StripeEvent<Object: Codable & Sendable>: Codable, Sendable {
    struct Payload: Codable, Sendable {
        var object: Object
    }

    struct Cause: Codable, Sendable {
        @Nullable var id: String?
        @Nullable var idempotencyKey: String?
    }

    var id: String
    var object = "event"
    var apiVersion = StripeVersion.pinned
    var created: Int64
    var data: Payload
    var livemode = false
    var pendingWebhooks = 1
    var request: Cause
    var type: String
}
