/// Glob matching of `METHOD /path`: `*` is any run without a slash, `**` any run at all.
enum FaultPattern {
    static func matches(_ pattern: String, _ call: String) -> Bool {
        matches(Array(pattern.utf8)[...], Array(call.utf8)[...])
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ call: ArraySlice<UInt8>) -> Bool {
        let star = UInt8(ascii: "*")
        guard let head = pattern.first else { return call.isEmpty }
        guard head == star else {
            guard let first = call.first, first == head else { return false }
            return matches(pattern.dropFirst(), call.dropFirst())
        }
        let isDeep = pattern.dropFirst().first == star
        let rest = pattern.dropFirst(isDeep ? 2 : 1)
        var tail = call
        while true {
            if matches(rest, tail) { return true }
            guard let next = tail.popFirst(), isDeep || next != UInt8(ascii: "/") else { return false }
        }
    }
}
