/// Writes JSON into bytes as it goes: no tree, no encoder, no allocation a value.
struct JSONWriter {
    private(set) var bytes: [UInt8]
    private var needsComma = false

    init(capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    mutating func beginObject() { open(UInt8(ascii: "{")) }
    mutating func endObject() { close(UInt8(ascii: "}")) }
    mutating func beginArray() { open(UInt8(ascii: "[")) }
    mutating func endArray() { close(UInt8(ascii: "]")) }

    mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func null() { raw("null") }
    mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }
    mutating func integer(_ value: Int64) { append(atMost: 24) { $0.integer(value) } }

    mutating func string(_ value: String) {
        var text = value
        text.withUTF8 { utf8 in append(atMost: 6 * utf8.count + 2) { $0.string(utf8) } }
    }

    /// JSON text of our own making (a number, a jsonb value).
    mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    mutating func value(_ value: JSON) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let digits): raw(digits)
        case .string(let text): string(text)
        case .array(let values):
            beginArray()
            for value in values { self.value(value) }
            endArray()
        case .object(let members):
            beginObject()
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                key(name)
                self.value(value)
            }
            endObject()
        }
    }

    /// One value, written by a cursor into memory of its own of `room` bytes.
    mutating func append<Result>(atMost room: Int, _ body: (inout JSONCursor) -> Result) -> Result {
        separate()
        needsComma = true
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { memory in
            guard let start = memory.baseAddress else { preconditionFailure("no room at all") }
            var cursor = JSONCursor(at: start)
            let result = body(&cursor)
            let count = cursor.next - start
            precondition(count <= room, "a value of \(count) bytes where there was room for \(room)")
            bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
            return result
        }
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}

extension JSONWriter {
    mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
        beginObject()
        try body(&self)
        endObject()
    }

    mutating func member(_ name: String, _ value: String?) {
        key(name)
        if let value { string(value) } else { null() }
    }

    mutating func member(_ name: String, _ value: Int64?) {
        key(name)
        if let value { integer(value) } else { null() }
    }

    mutating func member(_ name: String, _ value: Int) { member(name, Int64(value)) }

    mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }
}

extension JSON {
    var bytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}
