namespace BridgeNet.Sockets;

/// <summary>Finds the owner of a socket, as <c>ss -p</c> does: it searches the descriptors of every process.</summary>
public static class SocketOwner
{
    private static readonly EnumerationOptions s_everything = new() { IgnoreInaccessible = true, AttributesToSkip = 0 };

    /// <returns><c>name (pid N)</c>; null if the process belongs to another user, is in another process namespace, or has ended.</returns>
    public static string? ProcessOf(ulong inode)
    {
        string wanted = $"socket:[{inode}]";
        foreach (string process in Directory.EnumerateDirectories("/proc", "*", s_everything))
        {
            string pid = Path.GetFileName(process);
            if (!pid.All(char.IsAsciiDigit))
                continue;
            try
            {
                if (
                    Directory
                        .EnumerateFileSystemEntries($"{process}/fd", "*", s_everything)
                        .Any(descriptor => new FileInfo(descriptor).LinkTarget == wanted)
                )
                    return $"{File.ReadAllText($"{process}/comm").TrimEnd('\n')} (pid {pid})";
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The process ended in between, or belongs to another user.
            }
        }
        return null;
    }
}
