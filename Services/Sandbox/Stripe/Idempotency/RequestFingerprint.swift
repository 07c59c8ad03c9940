import Crypto
import FoundationEssentials

/// What a repeated key must repeat: the parameters, whatever order they were sent in.
enum RequestFingerprint {
    static func of(_ parameters: [String: FormValue]) -> [UInt8] {
        Array(SHA256.hash(data: Data(canonical(.object(parameters)).utf8)))
    }

    /// Lengths make it unambiguous: no value can pretend to be two.
    private static func canonical(_ value: FormValue) -> String {
        switch value {
        case .text(let text): "t\(text.utf8.count):\(text)"
        case .list(let items): "l\(items.count):" + items.map(canonical).joined()
        case .object(let fields):
            "o\(fields.count):"
                + fields.sorted { $0.key < $1.key }.map { canonical(.text($0.key)) + canonical($0.value) }.joined()
        }
    }
}
