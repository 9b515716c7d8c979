namespace BridgeNet.Native;

/// <summary>Text for users and groups in messages: their numbers, and their names if <c>/etc</c> has them.</summary>
internal static class Accounts
{
    /// <summary>Text such as <c>user 1000 (eve)</c>.</summary>
    public static string User(uint number) =>
        UserMap.Users.Has(number) ? InWords("user", number, "/etc/passwd") : "a user who is not of this user namespace";

    /// <summary>Text such as <c>group 27 (sudo)</c>.</summary>
    public static string Group(uint number) =>
        UserMap.Groups.Has(number) ? InWords("group", number, "/etc/group") : "a group that is not of this user namespace";

    private static string InWords(string what, uint number, string file)
    {
        string? name = null;
        try
        {
            // NAME:PASSWORD:NUMBER:…, passwd(5) and group(5).
            name = File.ReadLines(file)
                .Select(static line => line.Split(':'))
                .FirstOrDefault(words => words.Length > 2 && words[2] == $"{number}")
                ?[0];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The number alone is enough.
        }
        return name is null ? $"{what} {number}" : $"{what} {number} ({name})";
    }
}
