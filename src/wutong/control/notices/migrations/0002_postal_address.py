from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]

    operations = [migrations.AlterField("notice", "address", models.TextField())]
