# What build.ps1 -Task Package made, used from a folder of PSModulePath by a PowerShell that has never seen the sources.
BeforeDiscovery {
    $version = (Import-PowerShellDataFile (Join-Path $PSScriptRoot .. .. BridgeNet.psd1)).ModuleVersion
    $package = Join-Path $PSScriptRoot .. .. artifacts BridgeNet $version
    $missing = if (-not (Test-Path $package)) { 'there is no package: run ./build.ps1 -Task Package' }
}

Describe 'The package' -Tag Package -ForEach @(@{ package = $package; version = $version; missing = $missing }) {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        if (-not $missing) {
            $modules = Join-Path $TestDrive modules
            New-Item -ItemType Directory (Join-Path $modules BridgeNet) | Out-Null
            Copy-Item -Recurse $package (Join-Path $modules BridgeNet $version)
        }
        function Invoke-Fresh([string] $command) {
            $before = $env:PSModulePath
            $env:PSModulePath = "${modules}:$before"
            try { Invoke-Pwsh -NoProfile -NonInteractive -Command "Set-Location /; `$PSStyle.OutputRendering = 'PlainText'; $command" }
            finally { $env:PSModulePath = $before }
        }
    }
    BeforeEach { if ($missing) { Set-ItResult -Skipped -Because $missing } }
    AfterAll { Assert-NothingRemains }

    It 'has the libraries of both architectures and nothing superfluous' {
        $files = Get-ChildItem $package -Recurse -File | ForEach-Object { [IO.Path]::GetRelativePath((Resolve-Path $package), $_.FullName) } | Sort-Object
        $files | Should -Be (@(
                'BridgeNet.Format.ps1xml', 'BridgeNet.psd1', 'CHANGELOG.md', 'LICENSE', 'README.md'
                'en-US/about_BridgeNet.help.txt', 'en-US/BridgeNet.dll-Help.xml'
                'bin/BridgeNet.Core.dll', 'bin/BridgeNet.deps.json', 'bin/BridgeNet.dll', 'bin/Microsoft.Data.Sqlite.dll'
                'bin/SQLitePCLRaw.batteries_v2.dll', 'bin/SQLitePCLRaw.core.dll', 'bin/SQLitePCLRaw.provider.e_sqlite3.dll'
                'bin/runtimes/linux-arm64/lib/netstandard2.0/Tmds.LibC.dll', 'bin/runtimes/linux-arm64/native/libe_sqlite3.so'
                'bin/runtimes/linux-x64/lib/netstandard2.0/Tmds.LibC.dll', 'bin/runtimes/linux-x64/native/libe_sqlite3.so'
            ) | Sort-Object)
    }

    It 'has natives for the architecture that their folder says' {
        # e_machine of the ELF header: 62 is x86-64, 183 is AArch64.
        foreach ($case in @{ rid = 'linux-x64'; machine = 62 }, @{ rid = 'linux-arm64'; machine = 183 }) {
            $header = Get-Content (Join-Path $package bin runtimes $case.rid native libe_sqlite3.so) -AsByteStream -TotalCount 20
            [BitConverter]::ToUInt16($header, 18) | Should -Be $case.machine
        }
    }

    It 'is a valid module, found by its name' {
        Invoke-Fresh '(Get-Module -ListAvailable BridgeNet | Where-Object ModuleBase -like "*modules/BridgeNet/*" | Test-ModuleManifest).Version.ToString()' | Should -Be $version
    }

    It 'loads by itself and tells the story' {
        Invoke-Fresh @'
            New-BridgeNetwork test_net1 | Out-Null
            New-BridgeNetwork test_net2 -Subnet 173.20.0.0/16 | Out-Null
            New-BridgeContainer c1, c2 test_net2 | Out-Null
            New-BridgeContainer c3 test_net1 | Out-Null
            Test-BridgeConnection c2 c1 -Quiet
            Test-BridgeConnection c3 c1 -Quiet -Count 1 -TimeoutMilliseconds 300
            Connect-BridgeNetwork test_net2 c3 | Out-Null
            Test-BridgeConnection c3 c1 -Quiet
            Get-BridgeContainer | Remove-BridgeContainer
            Get-BridgeNetwork test_* | Remove-BridgeNetwork
            (Get-BridgeNetwork | Out-String -Stream)[1]
            (Get-Module BridgeNet).ModuleBase
'@ | Should -Be True, False, True, 'NETWORK ID   NAME   DRIVER SCOPE', (Join-Path $modules BridgeNet $version)
    }

    It 'has help' {
        Invoke-Fresh '(Get-Help New-BridgeNetwork).Synopsis' | Should -Match '^Makes a network'
        Invoke-Fresh 'Get-Help about_BridgeNet' | Should -Contain '    about_BridgeNet'
    }

    It 'is imported without hiding assemblies of PowerShell or of other modules' {
        Invoke-Fresh @'
            Get-BridgeNetwork | Out-Null
            [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name -match "Sqlite|SQLitePCL|Tmds"
'@ | Should -BeNullOrEmpty
    }
}
