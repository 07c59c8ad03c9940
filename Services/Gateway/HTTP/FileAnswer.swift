import DomainModel
import HTTPTypes
import Hummingbird
import Persistence

/// A stored file as an answer, whole or in part (RFC 9110, 13 and 14). Its strong tag is the hash of its content, which never
/// changes under one name.
struct FileAnswer {
    let file: DocumentFile
    let mediaType: String

    var tag: String { "\"\(file.hash.hex)\"" }

    /// What of the file a request wants.
    enum Part: Equatable {
        /// The client has it.
        case nothing
        case whole
        case range(Range<Int>)
        /// Beyond its end.
        case unsatisfiable
    }

    func part(_ headers: HTTPFields) -> Part {
        if let known = headers[.ifNoneMatch], EntityTag.matches(known, tag, weakly: true) { return .nothing }
        guard let field = headers[.range] else { return .whole }
        // A part of another version than the client has is of no use to it: then the whole (13.1.5).
        if let known = headers[.ifRange], known != tag { return .whole }
        return Self.range(field, of: Int(file.bytes))
    }

    /// One range of bytes. Several at once, other units, and what cannot be read are passed over, as 14.2 allows.
    static func range(_ field: String, of length: Int) -> Part {
        guard field.lowercased().hasPrefix("bytes=") else { return .whole }
        let ends = field.dropFirst(6).filter { $0 != " " }.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, !field.contains(","), let first = number(ends[0]), let last = number(ends[1]) else {
            return .whole
        }
        switch (first, last) {
        case (nil, nil): return .whole
        case (nil, let count?):
            return count > 0 && length > 0 ? .range(max(0, length - count)..<length) : .unsatisfiable
        case (let first?, let last):
            if let last, last < first { return .whole }
            guard first < length else { return .unsatisfiable }
            return .range(first..<min(length, (last ?? length - 1) + 1))
        }
    }

    /// - Returns: nil for what is no number, a nil within for nothing at all.
    private static func number(_ digits: some StringProtocol) -> Int?? {
        guard !digits.isEmpty else { return .some(nil) }
        guard digits.utf8.count <= 15, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return .some(Int(digits))
    }

    /// - Parameter bytes: fetches the file, which a client that has it does not need.
    func answer(
        to headers: HTTPFields,
        _ bytes: () async throws -> [UInt8]
    ) async throws -> Answer {
        let part = part(headers)
        var answer = Answer(status: .ok, headers: [.eTag: tag, .acceptRanges: "bytes"], mediaType: mediaType)
        // It may be kept, but who may see it is asked each time.
        answer.headers[.cacheControl] = "private, no-cache"
        answer.headers[.contentDisposition] = Self.disposition(file.name)
        switch part {
        case .nothing:
            answer.status = .notModified
            answer.mediaType = nil
        case .unsatisfiable:
            throw Problem.unsatisfiable(length: file.bytes)
        case .whole:
            answer.body = try await bytes()
        case .range(let range):
            let all = try await bytes()
            answer.status = .partialContent
            answer.headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(all.count)"
            answer.body = Array(all[range.clamped(to: all.indices)])
        }
        return answer
    }

    /// The name for every client: plain for the old, in UTF-8 for all others (RFC 6266).
    static func disposition(_ name: String) -> String {
        let plain = String(
            name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._- ".contains($0)) ? $0 : "_" }
        )
        var encoded = ""
        for byte in name.utf8 {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "._-".utf8.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            encoded += isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
        }
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(encoded)"
    }
}

extension Problem {
    static func unsatisfiable(length: Int64) -> Problem {
        Problem(
            .rangeNotSatisfiable,
            "range-not-satisfiable",
            "There is no such part",
            "The file has \(length) bytes.",
            headers: [.contentRange: "bytes */\(length)"]
        )
    }
}
