"""Planted defect: rows in a door."""


def patients(request):
    return Patient.objects.all()
