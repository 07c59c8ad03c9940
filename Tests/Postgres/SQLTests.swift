import Testing

@testable import Postgres

@Suite("SQL")
struct SQLTests {
    @Test("interpolated values become numbered parameters")
    func binds() {
        let sql: SQL = "select * from t where id = \(7) and name = \("x'; drop table t; --")"
        #expect(sql.text == "select * from t where id = $1 and name = $2")
        #expect(sql.binds.count == 2)
    }

    @Test("a spliced fragment brings its values along, renumbered")
    func fragments() {
        let condition: SQL = "a = \(1) and b = \(2)"
        let sql: SQL = "select \(0) from t where \(fragment: condition) limit \(3)"
        #expect(sql.text == "select $1 from t where a = $2 and b = $3 limit $4")
        #expect(("x = \(1)" + " and y = \(2)" as SQL).text == "x = $1 and y = $2")
    }

    @Test("identifiers are quoted")
    func identifiers() {
        let sql: SQL = "select \(identifier: "a\"b") from \(identifier: "T")"
        #expect(sql.text == "select \"a\"\"b\" from \"T\"")
    }

    @Test("a description holds no value")
    func description() {
        let sql: SQL = "select \("secret")"
        #expect(!"\(sql)".contains("secret"))
        let error = PostgresError.server(
            sqlState: .uniqueViolation,
            message: "duplicate key",
            detail: "Key (email)=(secret) already exists.",
            constraint: "users_email_key"
        )
        #expect(!"\(error)".contains("secret"))
        #expect(!"\(PostgresConfiguration(url: "postgresql://u:secret@h/d"))".contains("secret"))
    }

    @Test("a URL that is none is refused with a sentence without the password")
    func invalidURL() {
        let error = #expect(throws: PostgresError.self) {
            try PostgresConfiguration(url: "postgresql://u:secret@[::1/d").validate()
        }
        #expect(error.map { !"\($0)".contains("secret") } == true)
        #expect(throws: Never.self) { try PostgresConfiguration(url: "postgresql://u@h/d").validate() }
    }
}
