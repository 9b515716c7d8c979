namespace BridgeNet.Module.Tests;

/// <summary>
/// A module by another author that brings its own Microsoft.Data.Sqlite and loads it as many modules do: into the default
/// context, by path, with the runtime finding the rest beside it.
/// </summary>
internal sealed class OtherModule : IDisposable
{
    private const string Raw = "2.1.13";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bridgenet-other-");

    public OtherModule(string version)
    {
        string rid =
            System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64
                ? "linux-arm64"
                : "linux-x64";
        Add(RestoredPackage.Find("Microsoft.Data.Sqlite.Core", version, "lib/net8.0/Microsoft.Data.Sqlite.dll"));
        Add(RestoredPackage.Find("SQLitePCLRaw.core", Raw, "lib/netstandard2.0/SQLitePCLRaw.core.dll"));
        Add(RestoredPackage.Find("SQLitePCLRaw.bundle_e_sqlite3", Raw, "lib/netstandard2.0/SQLitePCLRaw.batteries_v2.dll"));
        Add(RestoredPackage.Find("SQLitePCLRaw.provider.e_sqlite3", Raw, "lib/net6.0/SQLitePCLRaw.provider.e_sqlite3.dll"));
        Add(RestoredPackage.Find("SQLitePCLRaw.lib.e_sqlite3", Raw, $"runtimes/{rid}/native/libe_sqlite3.so"));
        File.WriteAllText(
            Path,
            """
            [Reflection.Assembly]::LoadFrom("$PSScriptRoot/Microsoft.Data.Sqlite.dll") | Out-Null
            function Get-OtherValue {
                $connection = [Microsoft.Data.Sqlite.SqliteConnection]::new('Data Source=:memory:')
                $connection.Open()
                $command = $connection.CreateCommand()
                $command.CommandText = 'SELECT 6 * 7'
                "$($command.ExecuteScalar()) by $($connection.GetType().Assembly.Location)"
                $connection.Dispose()
            }
            """
        );
    }

    public string Folder => _folder.FullName;

    public string Path => System.IO.Path.Combine(Folder, "Other.psm1");

    public void Dispose() => _folder.Delete(recursive: true);

    private void Add(string file) => File.Copy(file, System.IO.Path.Combine(Folder, System.IO.Path.GetFileName(file)));
}
