BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Get-BridgeNetwork' {
    BeforeAll {
        New-BridgeNetwork web1 -Subnet 10.50.0.0/16 -Label @{ team = 'web' } | Out-Null
        New-BridgeNetwork web2, db | Out-Null
        New-BridgeContainer c2, c1 web1 | Out-Null
    }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'gives BridgeNetwork objects, as its OutputType says' {
        (Get-Command Get-BridgeNetwork).OutputType.Name | Should -Be BridgeNet.Model.BridgeNetwork, System.String
        Get-BridgeNetwork | Should -BeOfType BridgeNet.Model.BridgeNetwork
    }

    It 'lists all by name, with bridge, host and none' {
        (Get-BridgeNetwork).Name | Should -Be bridge, db, host, none, web1, web2
    }

    It 'finds by name, wildcard, id and prefix of an id' {
        $network = Get-BridgeNetwork web1
        (Get-BridgeNetwork web*).Name | Should -Be web1, web2
        (Get-BridgeNetwork db, 'WEB[12]').Name | Should -Be db, web1, web2
        (Get-BridgeNetwork $network.Id).Name | Should -Be web1
        (Get-BridgeNetwork $network.ShortId).Name | Should -Be web1
        (Get-BridgeNetwork $network.Id.Substring(0, 8)).Name | Should -Be web1
    }

    It 'takes names by value and by property name' {
        ('db', 'web*' | Get-BridgeNetwork).Name | Should -Be db, web1, web2
        ([pscustomobject]@{ Name = 'db' } | Get-BridgeNetwork).Name | Should -Be db
        (Get-BridgeNetwork db | Get-BridgeNetwork).Name | Should -Be db
    }

    It 'says that an exact name is not there, and goes on; a wildcard that matches nothing is no error' {
        (Get-BridgeNetwork nosuch, db -ErrorVariable problem -ErrorAction SilentlyContinue).Name | Should -Be db
        $problem.FullyQualifiedErrorId | Should -Be 'NetworkNotFound,BridgeNet.Commands.GetBridgeNetworkCommand'
        $problem.CategoryInfo.Category | Should -Be ObjectNotFound
        { Get-BridgeNetwork nosuch* -ErrorAction Stop } | Should -Not -Throw
    }

    It 'shows what docker network ls shows' {
        $lines = Get-BridgeNetwork web1 | Show
        $lines | Should -HaveCount 3
        $lines[0] | Should -Match '^NETWORK ID +NAME +DRIVER +SCOPE *$'
        $lines[2] | Should -Match "^$((Get-BridgeNetwork web1).ShortId) +web1 +bridge +local *$"
    }

    It 'shows what docker network inspect shows, as a list' {
        $lines = Get-BridgeNetwork web1 | Format-List | Show
        $lines | ForEach-Object { ($_ -split ' +:')[0] } | Should -Be (
            'Name', 'Id', 'Created', 'Scope', 'Driver', 'EnableIPv6', 'Subnet', 'Gateway', 'Internal', 'Attachable', 'Ingress',
            'ConfigFrom', 'ConfigOnly', 'Containers', 'Options', 'Labels', 'BridgeName', 'Mtu')
        $lines -match '^Containers +: \{c1 10\.50\.0\.3/16 02:42:0a:32:00:03, c2 10\.50\.0\.2/16 02:42:0a:32:00:02\}' | Should -HaveCount 1
        $lines -match '^Labels +: .*team.*web' | Should -HaveCount 1
    }

    It 'goes through Select-Object, Where-Object, Sort-Object and Group-Object' {
        (Get-BridgeNetwork | Where-Object BridgeName | Sort-Object Name -Descending | Select-Object -First 2 -ExpandProperty Name) | Should -Be web2, web1
        (Get-BridgeNetwork | Group-Object Driver | Sort-Object Name).Name | Should -Be bridge, host, null
        (Get-BridgeNetwork web1 | Select-Object Name, Subnet, Gateway | ConvertTo-Csv)[1] | Should -Be '"web1","10.50.0.0/16","10.50.0.1"'
    }

    It 'goes through ConvertTo-Json' {
        $json = Get-BridgeNetwork web1 | Select-Object Name, Id, Driver, @{ n = 'Subnet'; e = { "$($_.Subnet)" } }, Labels | ConvertTo-Json | ConvertFrom-Json
        "$($json.Name) $($json.Driver) $($json.Subnet) $($json.Labels.team)" | Should -Be 'web1 bridge 10.50.0.0/16 web'
    }

    It 'comes back from Export-Clixml and is still shown as a network' {
        $file = Join-Path $TestDrive networks.xml
        Get-BridgeNetwork web1 | Export-Clixml $file
        $back = Import-Clixml $file
        $back.Name, $back.Driver, $back.ShortId | Should -Be web1, bridge, (Get-BridgeNetwork web1).ShortId
        ($back | Show)[0] | Should -Match '^NETWORK ID +NAME +DRIVER +SCOPE *$'
        ($back | Get-BridgeNetwork).Id | Should -Be $back.Id
    }

    It 'does not take a variable that is not set for all' {
        { Get-BridgeNetwork $notSet } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { Get-BridgeNetwork '' } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'completes names, with quotes or without' {
        Get-Completion 'Get-BridgeNetwork ' | Should -Be bridge, db, host, none, web1, web2
        Get-Completion 'Get-BridgeNetwork we' | Should -Be web1, web2
        Get-Completion 'Get-BridgeNetwork -Name d' | Should -Be db
        Get-Completion "Get-BridgeNetwork 'd" | Should -Match 'db'
    }
}
