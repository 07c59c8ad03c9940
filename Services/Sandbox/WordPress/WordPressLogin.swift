import Crypto
import FoundationEssentials

/// The application password of each site. It follows from the host, so that the core and the site agree without a word.
enum WordPressLogin {
    static let user = "igny8"
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

    /// 24 letters and digits in groups of four, as WordPress shows them.
    static func password(for host: String) -> String {
        let digest = HMAC<SHA256>.authenticationCode(
            for: Data(host.lowercased().utf8),
            using: SymmetricKey(data: Data("igny8-sandbox-wordpress".utf8))
        )
        let characters = digest.prefix(24).map { alphabet[Int($0) % alphabet.count] }
        return stride(from: 0, to: 24, by: 4).map { String(characters[$0..<($0 + 4)]) }.joined(separator: " ")
    }

    static func header(for host: String) -> String {
        "Basic " + Data("\(user):\(password(for: host))".utf8).base64EncodedString()
    }

    enum Verdict: Hashable, Sendable {
        case anonymous
        case accepted
        case wrongUser
        case wrongPassword
    }

    static func check(_ header: String?, host: String) -> Verdict {
        guard let header else { return .anonymous }
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "basic", let data = Data(base64Encoded: String(words[1]))
        else {
            return .anonymous
        }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0] == user else { return .wrongUser }
        let given = parts[1].filter { $0 != " " }
        return given == password(for: host).filter { $0 != " " } ? .accepted : .wrongPassword
    }
}
