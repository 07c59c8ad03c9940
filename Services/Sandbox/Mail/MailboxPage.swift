import FoundationEssentials

/// The mailboxes as a plain page.
enum MailboxPage {
    static func list(_ mails: [StoredMail]) -> String {
        let rows = mails.reversed().map { mail in
            """
            <tr><td>\(Answers.escaped(mail.receivedAt.formatted(.iso8601)))</td><td>\(Answers.escaped(mail.to))</td>
            <td><a href="/mailbox/html/\(mail.id)/">\(Answers.escaped(mail.subject))</a></td>
            <td>\(mail.attachments.count)</td><td>\(mail.duplicates)</td></tr>
            """
        }
        return page(
            "Mailbox",
            """
            <table><tr><th>received (business time)<th>to<th>subject<th>attachments<th>came again</tr>
            \(rows.joined(separator: "\n"))</table>
            """
        )
    }

    static func mail(_ mail: StoredMail) -> String {
        let attachments = mail.attachments.map { "<li>\(Answers.escaped($0.name)) (\($0.bytes) bytes)</li>" }
        // The HTML comes from outside: it is shown in a frame that may run nothing.
        let shown =
            mail.html.isEmpty
            ? "" : "<iframe sandbox srcdoc=\"\(Answers.escaped(mail.html))\" title=\"The mail as HTML\"></iframe>"
        return page(
            mail.subject,
            """
            <p>From \(Answers.escaped(mail.from))<br>To \(Answers.escaped(mail.to))<br>
            \(Answers.escaped(mail.receivedAt.formatted(.iso8601)))</p>
            <pre>\(Answers.escaped(mail.text))</pre><ul>\(attachments.joined())</ul>\(shown)
            """
        )
    }

    static func page(_ title: String, _ body: String) -> String {
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>\(Answers.escaped(title))</title>
        <style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}
        table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd}
        pre{white-space:pre-wrap}iframe{width:100%;height:40rem;border:1px solid #ddd}</style>
        <h1>\(Answers.escaped(title))</h1>\(body)</html>
        """
    }
}
