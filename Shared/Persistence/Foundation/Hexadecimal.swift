extension Sequence<UInt8> {
    /// The bytes as lower-case hexadecimal.
    var hexadecimal: String {
        var text = ""
        for byte in self {
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        return text
    }
}
