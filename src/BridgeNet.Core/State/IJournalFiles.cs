using BridgeNet.Model;

namespace BridgeNet.State;

/// <summary>The files of the journal, in the directory of a state.</summary>
internal interface IJournalFiles
{
    /// <summary>Writes a file with one rename, so that it exists completely or not at all.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes its content.</param>
    void Write(string name, Action<Stream> write);

    /// <summary>The names with a prefix.</summary>
    /// <exception cref="BridgeNetException">StateUnusable: another user could write to the directory.</exception>
    IReadOnlyList<string> List(string prefix);

    /// <summary>Opens a file for reading; null if it does not exist.</summary>
    /// <exception cref="BridgeNetException">StateUnusable: another user could have written the file.</exception>
    Stream? TryOpen(string name);

    /// <summary>Deletes a file; one that does not exist is ignored.</summary>
    void Delete(string name);

    /// <summary>Renames a file.</summary>
    void Move(string name, string newName);

    /// <summary>The path of a file, for messages.</summary>
    string PathOf(string name);
}
