namespace BridgeNet.Native;

/// <summary>
/// Finds the programs of the system that are run as root without being asked for by name: neither PATH nor the current
/// directory is looked at, and only what root alone can change is taken, each directory and link on the way included.
/// </summary>
internal static class SystemProgram
{
    /// <summary>As in root's own PATH, an admin's own ones first.</summary>
    private static readonly string[] s_directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>The path of a program, by whose last name some programs know what to do; null where there is none that root alone can change.</summary>
    public static string? Find(string name) => Find(name, out _);

    /// <inheritdoc cref="Find(string)"/>
    /// <param name="name">Its name, without a directory.</param>
    /// <param name="why">Why there is none, to end a sentence that begins with the name.</param>
    public static string? Find(string name, out string why)
    {
        why = $"is not installed (in {string.Join(", ", s_directories)})";
        foreach (string path in s_directories.Select(directory => Path.Combine(directory, name)))
        {
            if (!File.Exists(path))
                continue;
            Stranger? stranger = Stranger.OfProgram(path, out bool isThere);
            if (isThere)
                return path;
            if (stranger is { } found)
                why = $"is not started, for {found.Path} {found.Reason}; it must be root's alone";
        }
        return null;
    }

    /// <summary>What such a program finds in its environment: nothing that somebody could have set to make it do something else.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string> { ["PATH"] = string.Join(':', s_directories), ["LC_ALL"] = "C" };
}
