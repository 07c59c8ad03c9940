/// Integers travel in network byte order.
extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// The integer at `offset`; the caller has checked that it is there.
    func bigEndian<Value: FixedWidthInteger>(at offset: Int = 0, as: Value.Type = Value.self) -> Value {
        Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}

extension PostgresCell {
    /// The cell as one integer of its own width, or a mismatch when the width differs.
    func integer<Value: FixedWidthInteger>(_: Value.Type) throws(PostgresMismatch) -> Value {
        guard bytes.count == MemoryLayout<Value>.size else {
            throw PostgresMismatch("expected \(MemoryLayout<Value>.size) bytes, found \(bytes.count)")
        }
        return bytes.bigEndian()
    }
}
