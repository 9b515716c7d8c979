namespace BridgeNet.Native;

/// <summary>
/// Finds system programs that this module runs as root without a request of the user. It ignores PATH and the current directory, and
/// accepts a program only if no user other than root can change it, nor any directory or link on its path.
/// </summary>
internal static class SystemProgram
{
    /// <summary>The directories of root's own PATH, those for the admin's programs first.</summary>
    private static readonly string[] s_directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>
    /// The path of a program, with its original last name, because some programs choose their function by it; null if there is no such
    /// program that only root can change.
    /// </summary>
    public static string? Find(string name) => Find(name, out _);

    /// <inheritdoc cref="Find(string)"/>
    /// <param name="name">Its name, without a directory.</param>
    /// <param name="why">Why no program was found, as the end of a sentence that begins with the name.</param>
    public static string? Find(string name, out string why)
    {
        why = $"is not installed (in {string.Join(", ", s_directories)})";
        foreach (string path in s_directories.Select(directory => Path.Combine(directory, name)))
        {
            if (!File.Exists(path))
                continue;
            UntrustedOwner? untrusted = UntrustedOwner.OfProgram(path, out bool exists);
            if (exists)
                return path;
            if (untrusted is { } found)
                why = $"is not started: {found.Path} {found.Reason}, but root alone must own and write it";
        }
        return null;
    }

    /// <summary>The environment for such a program: without variables that a user could have set to change what it does.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string> { ["PATH"] = string.Join(':', s_directories), ["LC_ALL"] = "C" };
}
