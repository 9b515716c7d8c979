namespace BridgeNet.Containers;

/// <summary>The files of a machine that names and ids are read from and written to.</summary>
internal interface IHostFiles
{
    /// <summary>The text of a small file, such as <c>/etc/resolv.conf</c>; null if it does not exist.</summary>
    string? Read(string path);

    /// <summary>The name files of a container.</summary>
    /// <param name="location">The directory of the files, which need not exist.</param>
    IContainerFiles Of(string location);
}
