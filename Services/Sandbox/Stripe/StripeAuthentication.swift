import FoundationEssentials

/// `Authorization: Bearer sk_…`, or Basic with the key as the user's name.
enum StripeAuthentication {
    static func check(_ header: String?, against expected: String?) throws(StripeError) {
        guard let key = header.flatMap(key) else {
            throw .unauthorized(
                "You did not provide an API key. You need to provide your API key in the Authorization header, using "
                    + "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
            )
        }
        guard key.hasPrefix("sk_"), expected == nil || expected == key else {
            throw .unauthorized("Invalid API Key provided: \(key.prefix(7))****")
        }
    }

    static func key(_ header: String) -> String? {
        let halves = header.split(separator: " ", maxSplits: 1).map(String.init)
        guard halves.count == 2 else { return nil }
        switch halves[0].lowercased() {
        case "bearer": return halves[1]
        case "basic":
            guard let data = Data(base64Encoded: halves[1]) else { return nil }
            return String(decoding: data, as: UTF8.self).split(
                separator: ":",
                maxSplits: 1,
                omittingEmptySubsequences: false
            ).first.map(String.init)
        default: return nil
        }
    }
}
