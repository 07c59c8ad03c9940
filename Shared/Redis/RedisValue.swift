import CHiredis

/// A reply, copied out of hiredis' memory.
///
/// An error reply is thrown as `RedisError.server`, also when it stands inside an array (a failing command of a
/// transaction).
public indirect enum RedisValue: Sendable, Hashable {
    /// A missing value.
    case null
    /// A number.
    case integer(Int64)
    /// A value; any bytes.
    case string([UInt8])
    /// A short word of the server's, such as `OK`.
    case status(String)
    /// Replies in order; a hash is a flat array of names and values (RESP2).
    case array([RedisValue])
}

extension RedisValue {
    /// The value as text, where it is a string or a status and valid UTF-8.
    public var text: String? {
        switch self {
        case .string(let bytes): String(validating: bytes, as: UTF8.self)
        case .status(let word): word
        case .integer(let number): String(number)
        case .null, .array: nil
        }
    }

    /// The value as a number, where it is one or the decimal digits of one.
    public var integer: Int64? {
        switch self {
        case .integer(let number): number
        case .string, .status: text.flatMap { Int64($0) }
        case .null, .array: nil
        }
    }

    /// The value's bytes, where it is a string.
    public var bytes: [UInt8]? {
        if case .string(let bytes) = self { bytes } else { nil }
    }

    /// The elements, where it is an array.
    public var array: [RedisValue]? {
        if case .array(let values) = self { values } else { nil }
    }
}

extension RedisValue {
    init(_ reply: redisReply) throws(RedisError) {
        switch reply.type {
        case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
        case REDIS_REPLY_STRING: self = .string(Array(Self.bytes(reply)))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: Self.bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ERROR: throw .server(String(decoding: Self.bytes(reply), as: UTF8.self))
        case REDIS_REPLY_ARRAY:
            var values: [RedisValue] = []
            values.reserveCapacity(reply.elements)
            for index in 0..<reply.elements {
                guard let element = reply.element[index] else { continue }
                values.append(try RedisValue(element.pointee))
            }
            self = .array(values)
        default: self = .null
        }
    }

    private static func bytes(_ reply: redisReply) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: reply.str, count: reply.len)
    }
}
