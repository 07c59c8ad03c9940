/// Names as Prometheus takes them: `[a-zA-Z_][a-zA-Z0-9_]*` (we leave colons to recording rules).
enum MetricName {
    static func sanitized(_ label: String) -> String {
        var name = ""
        for scalar in label.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
            if isDigit, name.isEmpty { name += "_" }
            name.unicodeScalars.append(isLetter || isDigit ? scalar : "_")
        }
        return name.isEmpty ? "_" : name
    }

    /// The label with the unit or kind that Prometheus' naming asks for at the end, once.
    static func sanitized(_ label: String, suffix: String) -> String {
        let name = sanitized(label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// Label values: backslash, quote and newline are escaped (exposition format 0.0.4).
    static func escapedValue(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// Help texts: backslash and newline.
    static func escapedHelp(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    }
}
