import DomainModel
import FileStore
import JobQueue
import Persistence
import Postgres
import WebClient

/// Fetches the picture that a brand names, through the address guard (spec 10), and stores it where it is a picture: reports
/// never fetch anything. Where it cannot be had, the brand says why.
struct FetchBrandLogo: JobTask {
    static let name = "fetch_brand_logo"

    let press: Press

    var retry: RetryPolicy { RetryPolicy(maxAttempts: 5) }

    /// What a logo may weigh.
    static let mostBytes = 1 << 20

    func run(_ payload: ReportsJobs.Brand, _ context: JobContext) async throws {
        let found = try await press.read(context) { tx in try await BrandLogos.wanted(payload.brandingID, in: tx) }
        guard let found else {
            return try await press.transaction(context) { tx in try await context.complete(in: tx) }
        }
        let outcome = try await fetch(found.url, context)
        if case .success(let logo) = outcome { try await press.files.put(logo.hash, logo.bytes, type: logo.type) }
        try await press.transaction(context, for: found.accountID) { tx in
            switch outcome {
            case .success(let logo):
                try await StoredFiles.note(
                    logo.hash,
                    type: logo.type,
                    bytes: logo.bytes.count,
                    account: found.accountID,
                    in: tx
                )
                try await BrandLogos.store(logo.hash, type: logo.type, for: found, in: tx)
            case .failure(let refusal): try await BrandLogos.refuse(refusal.reason, for: found, in: tx)
            }
            try await context.complete(in: tx)
        }
    }

    private struct Logo: Sendable {
        let bytes: [UInt8]
        let type: String
        let hash: ContentHash
    }

    private struct Refusal: Error, Sendable { let reason: String }

    /// - Throws: what may pass by itself, while there are attempts left.
    private func fetch(_ url: String, _ context: JobContext) async throws -> Result<Logo, Refusal> {
        let isLast = context.attempt >= context.maxAttempts
        let request = WebRequest(
            url: url,
            headers: [(name: "Accept", value: "image/svg+xml, image/png, image/jpeg")],
            timeout: .seconds(15),
            maximumBodyBytes: Self.mostBytes,
            guardAddresses: press.guardAddresses
        )
        let answer: WebResponse
        do throws(WebError) {
            answer = try await press.web.send(request)
        } catch .tooLarge {
            return .failure(Refusal(reason: "The picture is larger than 1 MB."))
        } catch {
            switch error {
            case .connection, .timeout, .interrupted, .cancelled: if !isLast { throw error }
            default: break
            }
            return .failure(Refusal(reason: "The picture could not be fetched: \(error)."))
        }
        guard answer.status == 200 else {
            if answer.status >= 500 || answer.status == 429, !isLast { throw JobError.snooze(for: .seconds(60)) }
            return .failure(Refusal(reason: "The picture's address answers with \(answer.status)."))
        }
        guard let type = PictureType(of: answer.body) else {
            return .failure(Refusal(reason: "What lies there is neither a PNG nor a JPEG nor an SVG picture."))
        }
        return .success(Logo(bytes: answer.body, type: type.rawValue, hash: ContentHash(of: answer.body)))
    }
}

/// What a file is by its content, whatever its name or its server says.
enum PictureType: String {
    case png = "image/png"
    case jpeg = "image/jpeg"
    case svg = "image/svg+xml"

    init?(of bytes: [UInt8]) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if Self.isSVG(bytes) {
            self = .svg
        } else {
            return nil
        }
    }

    /// An XML document whose root is `svg`. One with a document type is refused: entities are bombs, and no logo needs one.
    private static func isSVG(_ bytes: [UInt8]) -> Bool {
        guard
            let text = String(
                validating: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...],
                as: UTF8.self
            )
        else { return false }
        var rest = text.drop(while: \.isWhitespace)
        while true {
            if rest.hasPrefix("<?"), let end = rest.firstRange(of: "?>") {
                rest = rest[end.upperBound...].drop(while: \.isWhitespace)
            } else if rest.hasPrefix("<!--"), let end = rest.firstRange(of: "-->") {
                rest = rest[end.upperBound...].drop(while: \.isWhitespace)
            } else {
                break
            }
        }
        guard rest.hasPrefix("<svg"), let after = rest.dropFirst(4).first else { return false }
        return after.isWhitespace || after == ">" || after == "/"
    }
}
