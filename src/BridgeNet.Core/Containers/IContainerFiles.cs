using BridgeNet.Model;

namespace BridgeNet.Containers;

/// <summary>A foreign file that was left alone.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Reason">What it is instead, as the end of a sentence that begins with the path.</param>
internal sealed record FileLeftAlone(string Path, string Reason);

/// <summary>
/// The directory with a container's <c>hosts</c> and <c>resolv.conf</c>. Only files of this module are written or removed.
/// </summary>
internal interface IContainerFiles
{
    /// <summary>The path of the directory, which need not exist.</summary>
    string Location { get; }

    /// <summary>The path of <c>hosts</c> in it.</summary>
    string HostsPath => Path.Combine(Location, ContainerFiles.Hosts);

    /// <summary>The path of <c>resolv.conf</c> in it.</summary>
    string ResolvConfPath => Path.Combine(Location, ContainerFiles.ResolvConf);

    /// <summary>Writes both files, and creates missing ones.</summary>
    /// <returns>The foreign files, which were left alone.</returns>
    /// <exception cref="BridgeNetException">StateUnusable: another user could change the directory.</exception>
    /// <exception cref="IOException">Writing failed.</exception>
    IReadOnlyList<FileLeftAlone> Write(string hosts, string resolvConf);

    /// <summary>The path of the first file that is missing, or is ours with another content; null if there is none.</summary>
    string? Differing(string hosts, string resolvConf);

    /// <summary>Removes our files, and the directory if it is empty then. Running programs keep their view.</summary>
    void Remove();

    /// <summary>
    /// Moves the files when a container is renamed. They stay the same inodes, so that running programs see later updates. If the new
    /// directory exists, only our files are moved there, and those with a name that exists there are removed.
    /// </summary>
    IContainerFiles MoveTo(string target);
}
