import Glibc

/// The text of an `inet` or `cidr` in binary format: family, prefix length, whether `cidr`, length, address.
func networkAddressText(_ cell: PostgresCell) throws(PostgresMismatch) -> String {
    let bytes = cell.bytes
    guard bytes.count >= 4, bytes.count == 4 + Int(bytes[3]), bytes[3] == 4 || bytes[3] == 16 else {
        throw PostgresMismatch("not a network address")
    }
    let isVersion4 = bytes[3] == 4
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = isVersion4 ? AF_INET : AF_INET6
    inet_ntop(family, bytes.baseAddress.map { $0 + 4 }, &text, socklen_t(text.count))
    let address = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    let isWholeAddress = bytes[1] == (isVersion4 ? 32 : 128)
    return isWholeAddress && bytes[2] == 0 ? address : "\(address)/\(bytes[1])"
}
